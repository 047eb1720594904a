import Synchronization

/// A first-in, first-out queue of at most `capacity` elements between tasks.
///
/// Senders wait while it is full, receivers while it is empty. Any number of tasks may do either.
public final class BoundedChannel<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var senders: [(id: UInt64, element: Element, continuation: CheckedContinuation<Bool, Never>)] = []
    var receivers: [(id: UInt64, continuation: CheckedContinuation<Element?, Never>)] = []
    var nextID: UInt64 = 0
    var isFinished = false
  }

  private enum ReceiveOutcome {
    case received(Element, CheckedContinuation<Bool, Never>?)
    case ended, waiting
  }

  private enum SendOutcome {
    case sent, refused, waiting
    case handed(CheckedContinuation<Element?, Never>)
  }

  public let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: at least 1.
  public init(capacity: Int) {
    self.capacity = max(capacity, 1)
  }

  /// Elements that wait to be received.
  public var count: Int { state.withLock { $0.elements.count } }

  /// Appends an element, as soon as there is room.
  ///
  /// - Returns: false where the channel is finished or the task is cancelled: the element is dropped.
  @discardableResult public func send(_ element: Element) async -> Bool {
    let id = newID()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome: SendOutcome = state.withLock { state in
          if state.isFinished || Task.isCancelled { return .refused }
          if !state.receivers.isEmpty { return .handed(state.receivers.removeFirst().continuation) }
          if state.elements.count < capacity {
            state.elements.append(element)
            return .sent
          }
          state.senders.append((id, element, continuation))
          return .waiting
        }
        switch outcome {
        case .sent: continuation.resume(returning: true)
        case .handed(let receiver):
          receiver.resume(returning: element)
          continuation.resume(returning: true)
        case .refused: continuation.resume(returning: false)
        case .waiting: break
        }
      }
    } onCancel: {
      cancel(id)
    }
  }

  /// Takes the oldest element, as soon as there is one.
  ///
  /// - Returns: nil where the channel is finished and empty or the task is cancelled.
  public func receive() async -> Element? {
    let id = newID()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome: ReceiveOutcome = state.withLock { state in
          // A task is marked as cancelled before its handler runs, so a wait that begins after it sees the mark.
          if Task.isCancelled { return .ended }
          if !state.elements.isEmpty {
            let element = state.elements.removeFirst()
            guard !state.senders.isEmpty else { return .received(element, nil) }
            let sender = state.senders.removeFirst()
            state.elements.append(sender.element)
            return .received(element, sender.continuation)
          }
          if state.isFinished { return .ended }
          state.receivers.append((id, continuation))
          return .waiting
        }
        switch outcome {
        case .received(let element, let sender):
          sender?.resume(returning: true)
          continuation.resume(returning: element)
        case .ended: continuation.resume(returning: nil)
        case .waiting: break
        }
      }
    } onCancel: {
      cancel(id)
    }
  }

  /// Ends the channel: what is in it, or offered by a waiting sender, can still be received.
  public func finish() {
    let (senders, receivers) = state.withLock { state in
      state.isFinished = true
      state.elements += state.senders.map(\.element)
      let waiting = (state.senders.map(\.continuation), state.receivers.map(\.continuation))
      state.senders = []
      state.receivers = []
      return waiting
    }
    for sender in senders { sender.resume(returning: true) }
    for receiver in receivers { receiver.resume(returning: nil) }
  }

  private func newID() -> UInt64 {
    state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
  }

  private func cancel(_ id: UInt64) {
    let sender: CheckedContinuation<Bool, Never>? = state.withLock { state in
      state.senders.firstIndex { $0.id == id }.map { state.senders.remove(at: $0).continuation }
    }
    let receiver: CheckedContinuation<Element?, Never>? = state.withLock { state in
      state.receivers.firstIndex { $0.id == id }.map { state.receivers.remove(at: $0).continuation }
    }
    sender?.resume(returning: false)
    receiver?.resume(returning: nil)
  }
}
