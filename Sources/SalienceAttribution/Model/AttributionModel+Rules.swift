import SalienceModels
import SalienceTensors

extension AttributionModel {
  /// Checks that the gradients of a method pass what is made of the logits; families have rules for all they consist of.
  ///
  /// - Throws: `AttributionError` with code `usage`.
  static func requireRules(of method: any AttributionMethod, readout: Readout, function: OutputFunction) throws {
    guard method.rules == .rescale else { return }
    if readout == .maximum {
      throw AttributionError(
        .usage,
        "the largest output of any token may be another token's for the baseline, which the method has no rule for: "
          + "give another target than 'maximum'", setting: .target)
    }
    if function == .logSoftmax {
      throw AttributionError(
        .usage, "the method has no rule for the logarithm of a probability: give 'logit' or 'probability'",
        setting: .output)
    }
  }
}
