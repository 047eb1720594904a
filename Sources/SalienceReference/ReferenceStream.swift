import SalienceTensors

/// The float64 reference: plain loops that say what each op means; tests compare every backend with it.
public final class ReferenceStream {
  final class Allocation {
    var values: [Double]
    init(count: Int) { values = Array(repeating: 0, count: count) }
  }

  struct View {
    let allocation: Allocation
    let offset: Int
    /// nil for a whole allocation.
    let shape: ValueShape?
  }

  private var views: [Int: View] = [:]
  private var nextID = 0
  public private(set) var batch = PackedBatch()
  private let source: any ParameterSource
  private var parameters: [Parameter: [Double]] = [:]

  public init(parameters source: any ParameterSource) { self.source = source }

  func view(_ handle: Handle) throws -> View {
    guard let view = views[handle.id] else { throw TensorError(.backend, "no tensor \(handle.id)") }
    return view
  }

  private func add(_ view: View) -> Handle {
    nextID += 1
    views[nextID] = view
    return Handle(id: nextID)
  }

  /// Rows and width of a view under the current batch.
  func size(_ handle: Handle) throws -> (rows: Int, width: Int) {
    guard let shape = try view(handle).shape else { throw TensorError(.backend, "an allocation has no rows") }
    return (batch.rows(shape.rows), shape.width)
  }

  /// The elements that the current batch uses.
  package func values(_ handle: Handle) throws -> [Double] {
    let view = try view(handle)
    guard view.shape != nil else { return view.allocation.values }
    let (rows, width) = try size(handle)
    return Array(view.allocation.values[view.offset..<view.offset + rows * width])
  }

  package func store(_ values: [Double], to handle: Handle, at offset: Int = 0) throws {
    let view = try view(handle)
    let start = view.offset + offset
    view.allocation.values.replaceSubrange(start..<start + values.count, with: values)
  }

  func parameter(_ parameter: Parameter) throws -> [Double] {
    if let known = parameters[parameter] { return known }
    let values = try parameter.load(from: source).map(Double.init)
    parameters[parameter] = values
    return values
  }
}

extension ReferenceStream: TensorMemory {
  public func allocate(count: Int) -> Handle { add(View(allocation: Allocation(count: count), offset: 0, shape: nil)) }
  public func release(_ handle: Handle) { views[handle.id] = nil }
  public func drop(_ view: Handle) { views[view.id] = nil }
  public func begin(_ batch: PackedBatch) { self.batch = batch }

  public func view(of allocation: Handle, offset: Int, shape: ValueShape) -> Handle {
    guard let whole = views[allocation.id] else { return allocation }
    return add(View(allocation: whole.allocation, offset: offset, shape: shape))
  }

  public func write(_ values: [Float], to handle: Handle, at offset: Int) throws {
    try store(values.map(Double.init), to: handle, at: offset)
  }

  public func read(_ handle: Handle, count: Int) throws -> [Float] { try values(handle).prefix(count).map(Float.init) }
}
