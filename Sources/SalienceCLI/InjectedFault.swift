import ArgumentParser
import SalienceVulkan

/// A failure of a GPU that a test asks for on the command line.
struct InjectedFault: ExpressibleByArgument {
  let faults: VulkanFaults

  /// `lost=N`: every submission from the N-th on loses the device; `memory=BYTES`: larger allocations fail.
  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[1]), number > 0 else { return nil }
    switch parts[0] {
    case "lost": faults = VulkanFaults([.submission: (number...Int.max, .deviceLost)])
    case "memory": faults = VulkanFaults(largestAllocation: number)
    default: return nil
    }
  }
}
