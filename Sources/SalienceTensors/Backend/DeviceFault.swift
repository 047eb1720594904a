import SalienceFoundation

/// A failure of the device that a backend computes on, as far as whoever gave it work can do something about it.
public protocol DeviceFault: Fault {
  var remedy: DeviceRemedy { get }
}

/// What may help against a device's failure.
public enum DeviceRemedy: Sendable {
  /// Fewer examples at once: memory is short, or a batch exceeds a limit of the device.
  case smallerBatches
  /// Another device for all that is left: this one is lost or computes wrong numbers.
  case anotherDevice
  /// Nothing is known to help.
  case none
}

/// Answers items together, or in halves for as long as the device is short of memory for them.
///
/// - Parameters:
///   - together: answers some of the items, one answer per item and in their order.
///   - alone: answers an item for which the device lacks memory even by itself.
/// - Returns: one answer per item, in their order.
/// - Throws: what the two throw, but for a `DeviceFault` against which smaller batches help.
public func answeringInHalves<Item: Sendable, Answer: Sendable>(
  _ items: [Item], _ together: ([Item]) async throws -> [Answer],
  alone: (Item, any DeviceFault) async throws -> Answer
) async throws -> [Answer] {
  do {
    return try await together(items)
  } catch let fault as any DeviceFault where fault.remedy == .smallerBatches {
    guard items.count > 1 else {
      var answers: [Answer] = []
      for item in items { answers.append(try await alone(item, fault)) }
      return answers
    }
    let middle = items.count / 2
    return try await answeringInHalves(Array(items[..<middle]), together, alone: alone)
      + answeringInHalves(Array(items[middle...]), together, alone: alone)
  }
}
