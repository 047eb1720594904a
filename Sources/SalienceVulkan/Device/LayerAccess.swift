import Glibc

/// Keeps the opening and closing of instances and devices apart from all other calls that the validation layer checks.
///
/// The layer looks up what it knows of a device in a table that it shares among all of them and guards by nothing: a
/// call on one device, while another is opened or closed, may find nothing, make an empty entry and crash in it
/// (release 1.3.239 and others; its project's report 4391). `Scripts/drivers/validation_layer_race.c` shows it in plain
/// C. Without the layer nothing needs to be kept apart.
final class LayerAccess: @unchecked Sendable {
  // Unchecked: the pointer is never changed, and what it points to is a lock.
  private let lock: UnsafeMutablePointer<pthread_rwlock_t>

  /// What the validation layer asks for.
  static let validation = LayerAccess()

  private init() {
    lock = .allocate(capacity: 1)
    var attributes = pthread_rwlockattr_t()
    pthread_rwlockattr_init(&attributes)
    // Calls are so many that opening a device would otherwise never get its turn.
    pthread_rwlockattr_setkind_np(&attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    pthread_rwlock_init(lock, &attributes)
    pthread_rwlockattr_destroy(&attributes)
  }

  /// Runs calls that use instances and devices; `body` must not come here again.
  func shared<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    pthread_rwlock_rdlock(lock)
    defer { pthread_rwlock_unlock(lock) }
    return try body()
  }

  /// Runs calls that open or close one.
  func exclusive<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    pthread_rwlock_wrlock(lock)
    defer { pthread_rwlock_unlock(lock) }
    return try body()
  }

  /// Lets no call begin any more once the process ends, for exit(3) takes the layer's tables away while other threads
  /// may still use them.
  ///
  /// To be called for each instance: the layer goes with the last and comes back with the next, and only a handler that
  /// is set after that runs before the layer's own.
  func closeAtExit() {
    atexit {
      var limit = timespec()
      clock_gettime(CLOCK_REALTIME, &limit)
      limit.tv_sec += 5
      _ = pthread_rwlock_timedwrlock(LayerAccess.validation.lock, &limit)
    }
  }
}

extension LayerAccess? {
  /// `body` as it is where nothing needs to be kept apart.
  func shared<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    guard let self else { return try body() }
    return try self.shared(body)
  }

  func exclusive<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    guard let self else { return try body() }
    return try self.exclusive(body)
  }
}
