import SalienceKernelsC
import Testing

/// Rounding of float32 to bfloat16, with the processor's instruction where it has one and without.
@Suite struct NarrowingTests {
  private func narrow(_ values: [Float], portable: Bool) -> [UInt16] {
    var result = [UInt16](repeating: 0xDEAD, count: values.count + 1)
    if portable {
      salience_narrow_bf16_portable(values, values.count, &result)
    } else {
      salience_narrow_bf16(values, values.count, &result)
    }
    // Nothing is written past the end.
    #expect(result.last == 0xDEAD)
    return result.dropLast()
  }

  /// IEEE 754's rule written out: the nearer neighbour, and of two equally near ones the even.
  private func expected(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let (high, low) = (UInt16(bits >> 16), bits & 0xFFFF)
    if value.isNaN { return high | 0x40 }
    if value.isSubnormal { return high & 0x8000 }
    return low > 0x8000 || low == 0x8000 && high & 1 == 1 ? high + 1 : high
  }

  @Test(arguments: [false, true]) func roundsToTheNearestEven(portable: Bool) {
    let values: [Float] = [
      0, -0, 1, -1, 1.00390625, 1.01171875, 1.0039063, 1.0039062, 3.3895314e38, .greatestFiniteMagnitude, .infinity,
      -.infinity, .leastNormalMagnitude, -.leastNormalMagnitude,
      Float(bitPattern: Float.leastNormalMagnitude.bitPattern - 1), -.leastNonzeroMagnitude, .pi,
    ]
    #expect(narrow(values, portable: portable) == values.map(expected))
    // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷, and 1 + 3 · 2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶: the even one is taken.
    #expect(narrow([1.00390625, 1.01171875], portable: portable) == [0x3F80, 0x3F82])
    #expect(narrow([.greatestFiniteMagnitude], portable: portable) == [0x7F80])
  }

  @Test(arguments: [false, true]) func notANumberStaysOne(portable: Bool) {
    let values = [0x7F80_0001, 0xFF80_0001, 0x7FC0_0000, 0x7FFF_FFFF, 0xFFFF_FFFF].map { Float(bitPattern: $0) }
    for bits in narrow(values, portable: portable) { #expect(Float(bitPattern: UInt32(bits) << 16).isNaN) }
  }

  /// Every upper half with the lower halves at which the result changes, in lengths that are no multiple of a register.
  @Test(arguments: [false, true]) func everyUpperHalf(portable: Bool) {
    var values: [Float] = []
    for high in UInt32(0)...0xFFFF {
      for low in [UInt32(0), 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF] {
        let value = Float(bitPattern: high << 16 | low)
        if !value.isNaN { values.append(value) }
      }
    }
    #expect(narrow(values, portable: portable) == values.map(expected))
    for count in 0...67 {
      let part = Array(values[100_000..<100_000 + count])
      #expect(narrow(part, portable: portable) == part.map(expected))
    }
  }
}
