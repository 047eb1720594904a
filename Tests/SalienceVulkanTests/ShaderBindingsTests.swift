import SalienceVulkan
import Testing

/// Barriers stand where a kernel meets what another wrote, so what it writes has to be known.
@Suite struct ShaderBindingsTests {
  @Test(arguments: [
    ("linear", [3, 4]), ("linear_backward", [3]), ("activation", [1, 2]), ("attention", [1, 2]),
    ("attention_backward_offsets", [2]), ("attention_backward_queries", [4]), ("attention_backward_keys", [4]),
    ("attention_selected", [3, 4]), ("attention_selected_backward", [5, 6]), ("layer_norm", [4, 5, 6]),
    ("layer_norm_backward", [4]), ("embedding", [6]), ("accumulate", [1]), ("interpolate", [2]), ("noise", [0]),
    ("selected_row", [2]), ("selected_row_backward", [3]), ("store", [1]), ("reduce", [3]), ("noise_statistics", [3]),
    ("softmax", [1]), ("softmax_backward", [2]), ("add", [2]), ("multiply", [2]), ("columns", [1]),
    ("token_softmax", [3]), ("token_softmax_backward", [3]), ("sigmoid", [1, 2]),
    ("mean_row", [2]), ("mean_row_backward", [3]), ("maximum_row", [2, 3]), ("maximum_row_backward", [4]),
    ("rms_norm", [3, 4, 5]), ("rms_norm_backward", [4]), ("gated_activation", [1]), ("gated_activation_backward", [2]),
    ("rotary", [4]), ("rotary_backward", [4]), ("activation_ratio", [3]), ("column_scaling", [1]),
    ("attention_disentangled", [5, 6]),
    ("attention_disentangled_backward_queries", [8]), ("attention_disentangled_backward_keys", [8]),
    ("head_projection", [3]), ("head_projection_transposed", [2]), ("attention_multi_query_scores", [4]),
    ("attention_multi_query_softmax", [0]), ("attention_multi_query_softmax_backward", [1]),
    ("partner_rows", [3]), ("activation_multiplier", [3]), ("gated_activation_multiplier", [3]),
    ("norm_multiplier", [6]), ("attention_multiplier_queries", [9, 10]), ("attention_multiplier_keys", [10]),
    ("softmax_multiplier", [3]), ("token_softmax_multiplier", [5]),
    ("attention_multi_query_values", [3]), ("attention_multi_query_backward_rows", [6]),
  ])
  func writesItsResultsAlone(stem: String, bindings: [Int]) {
    #expect(ShaderBindings.written(by: stem) == Set(bindings))
  }

  @Test func unknownKernelsAreNotFound() { #expect(ShaderBindings.written(by: "nothing") == nil) }
}
