import SaliencePipeline
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct BoundedChannelTests {
  @Test func keepsOrderAndHoldsSendersBack() async {
    let channel = BoundedChannel<Int>(capacity: 2)
    let sent = Mutex(0)
    let sender = Task {
      for value in 0..<100 {
        await channel.send(value)
        sent.withLock { $0 = value + 1 }
      }
      channel.finish()
    }
    var received: [Int] = []
    while let value = await channel.receive() {
      received.append(value)
      // Two wait in the channel, one more may have been taken for the waiting sender.
      let ahead = sent.withLock { $0 } - received.count
      #expect(ahead <= 3)
      await Task.yield()
    }
    await sender.value
    #expect(received == Array(0..<100))
  }

  @Test func everyElementIsReceivedOnce() async {
    let channel = BoundedChannel<Int>(capacity: 3)
    let total = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var sum = 0
          while let value = await channel.receive() { sum += value }
          return sum
        }
      }
      await withTaskGroup(of: Void.self) { senders in
        for start in 0..<4 {
          senders.addTask { for value in 0..<500 { await channel.send(start * 500 + value) } }
        }
      }
      channel.finish()
      return await group.reduce(0, +)
    }
    #expect(total == (0..<2000).reduce(0, +))
  }

  @Test func cancelledWaitsEnd() async {
    let channel = BoundedChannel<Int>(capacity: 1)
    let receiver = Task { await channel.receive() }
    await Task.yield()
    receiver.cancel()
    #expect(await receiver.value == nil)
    #expect(await channel.send(1))
    let sender = Task { await channel.send(2) }
    await Task.yield()
    sender.cancel()
    #expect(await !sender.value)
    #expect(await channel.receive() == 1)
    channel.finish()
    #expect(await channel.receive() == nil)
    #expect(await !channel.send(3))
  }

  @Test func finishingKeepsWhatIsOffered() async {
    let channel = BoundedChannel<Int>(capacity: 1)
    await channel.send(1)
    let sender = Task { await channel.send(2) }
    for _ in 0..<100 { await Task.yield() }
    try? await Task.sleep(for: .milliseconds(20))
    channel.finish()
    #expect(await sender.value)
    #expect(await channel.receive() == 1)
    #expect(await channel.receive() == 2)
    #expect(await channel.receive() == nil)
  }
}
