import SalienceAttribution
import Testing

/// What Shapley values must be, whatever the model: designs over games of a few players.
@Suite struct ShapleyAxiomTests {
  private static let seeds = SampleSeeds(ids: [4, 8, 15], typeIDs: [0, 0, 0], method: "axioms", seed: 16)

  /// What a method makes of a game: v of each of its subsets.
  private func scores(
    _ method: any PerturbationMethod, players: Int, seeds: SampleSeeds = Self.seeds, _ game: ([Bool]) -> Double
  ) throws -> [Double] {
    let design = try method.design(features: players, seeds: seeds)
    let whole = game([Bool](repeating: true, count: players))
    return design.scores(whole: whole, (0..<design.count).map { game(design.present($0)) })
  }

  /// A game of 6 players in which 4 and 5 are alike and 3 does nothing.
  private func game(_ flags: [Bool]) -> Double {
    let x = flags.map { $0 ? 1.0 : 0 }
    return 3 + 2 * x[0] - x[1] + 4 * x[0] * x[1] * x[2] + (x[4] + x[5]) * (1 + x[0]) - 2 * x[4] * x[5] * x[1]
  }

  private func other(_ flags: [Bool]) -> Double { flags[2] && !flags[1] ? 5 : flags[0] ? -1.5 : 0.25 }

  private static let exact: [any PerturbationMethod] = [ExactShapley(), KernelSHAP(samples: 62)]
  private static let sampled: [any PerturbationMethod] = [
    KernelSHAP(samples: 40), KernelSHAP(samples: 40, pairs: false), ShapleySampling(samples: 4),
    PermutationSHAP(samples: 3),
  ]

  @Test func scoresSumToWhatIsSharedOut() throws {
    for method in Self.exact + Self.sampled {
      for players in [1, 2, 6] {
        let padded = { (flags: [Bool]) in self.game(flags + [Bool](repeating: true, count: 6 - players)) }
        let sum = try scores(method, players: players, padded).reduce(0, +)
        let expected =
          padded([Bool](repeating: true, count: players)) - padded([Bool](repeating: false, count: players))
        #expect(abs(sum - expected) < 1e-12, "\(method.id) of \(players)")
      }
    }
  }

  @Test func aPlayerWhoDoesNothingHasNothing() throws {
    for method in Self.exact + [ShapleySampling(samples: 4), PermutationSHAP(samples: 3)] {
      #expect(abs(try scores(method, players: 6, game)[3]) < 1e-12, "\(method.id)")
    }
  }

  @Test func playersWhoAreAlikeHaveTheSame() throws {
    for method in Self.exact {
      let found = try scores(method, players: 6, game)
      #expect(abs(found[4] - found[5]) < 1e-12, "\(method.id)")
    }
  }

  @Test func sumsOfGamesHaveSumsOfScores() throws {
    for method in Self.exact + Self.sampled {
      let both = try scores(method, players: 6) { 2 * game($0) - other($0) }
      let (first, second) = (try scores(method, players: 6, game), try scores(method, players: 6, other))
      for (sum, (a, b)) in zip(both, zip(first, second)) { #expect(abs(sum - (2 * a - b)) < 1e-11, "\(method.id)") }
    }
  }

  /// 2^6 - 2 subsets are enough for a regression to be exact.
  @Test func everySubsetGivesTheExactValues() throws {
    for v in [game, other] {
      let expected = try scores(ExactShapley(), players: 6, v)
      for (a, b) in zip(try scores(KernelSHAP(samples: 62), players: 6, v), expected) { #expect(abs(a - b) < 1e-11) }
    }
    // By hand: in 3 of 6 orders the first of three players comes with both others.
    let hand = try scores(ExactShapley(), players: 3) { $0.allSatisfy { $0 } ? 6 : 0 }
    for value in hand { #expect(abs(value - 2) < 1e-12) }
  }

  /// A game of 8 players without any structure: more samples come nearer to the exact values, as they must.
  @Test func samplesConvergeToTheExactValues() throws {
    let noise = SampleSeeds(ids: [], typeIDs: [], method: "game", seed: 0)
    let game = { (flags: [Bool]) in
      let index = flags.enumerated().reduce(0) { $1.element ? $0 | 1 << $1.offset : $0 }
      return Double(noise[index] >> 11) * 0x1p-53 + Double(index.nonzeroBitCount)
    }
    let exact = try scores(ExactShapley(), players: 8, game)
    let makers: [(Int) -> any PerturbationMethod] = [
      { ShapleySampling(samples: $0) }, { PermutationSHAP(samples: $0) },
      // One less than every subset, so that they are drawn.
      { KernelSHAP(samples: min($0 * 8, 253)) },
    ]
    for make in makers {
      func error(_ samples: Int) throws -> Double {
        // The mean over a few seeds, as one may be lucky.
        try (0..<8).reduce(0) { sum, seed in
          let seeds = SampleSeeds(ids: [], typeIDs: [], method: "convergence", seed: UInt64(seed))
          let found = try scores(make(samples), players: 8, seeds: seeds, game)
          return sum + zip(found, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        } / 8
      }
      let (few, many) = (try error(4), try error(make(1).id == KernelSHAP.name ? 31 : 400))
      #expect(many < few / (make(1).id == KernelSHAP.name ? 1.5 : 5), "\(make(1).id): \(few) and \(many)")
    }
  }

  @Test func moreThanTenPlayersAreTooMany() {
    #expect(throws: AttributionError.self) { try ExactShapley().design(features: 11, seeds: Self.seeds) }
  }

  /// Windows hold every feature, and a feature's score is the mean over those that hold it.
  @Test(arguments: [(1, 1, 5, 5), (3, 2, 6, 3), (3, 3, 7, 3), (4, 1, 2, 1)])
  func windowsCoverEveryFeature(_ window: Int, _ stride: Int, _ features: Int, _ count: Int) throws {
    let method = Occlusion(window: window, stride: stride)
    let design = method.design(features: features, seeds: Self.seeds)
    #expect(design.count == count && method.copies(features: features) == count)
    for copy in 0..<count { #expect(design.present(copy).contains(false)) }
    let ones = try scores(method, players: features) { flags in Double(flags.count { $0 }) }
    #expect(ones.allSatisfy { $0 >= 1 && $0 <= Double(window) })
  }

  /// A function that is linear in the features has its own coefficients, but for what the Lasso takes off.
  @Test func limeFindsALinearFunction() throws {
    let line = { (flags: [Bool]) in (flags[0] ? 2.0 : 0) - (flags[2] ? 1 : 0) + 0.5 }
    let lasso = try scores(LIME(samples: 400, alpha: 1e-6), players: 5, line)
    let ridge = try scores(LIME(samples: 400, regression: .ridge, alpha: 1e-6), players: 5, line)
    for found in [lasso, ridge] {
      for (value, expected) in zip(found, [2.0, 0, -1, 0, 0]) { #expect(abs(value - expected) < 1e-4, "\(found)") }
    }
    // A coefficient shrinks by α over the flag's variance, about 1/4.
    let shrunk = try scores(LIME(samples: 400, alpha: 0.1), players: 5, line)
    #expect(abs(shrunk[0] - 1.6) < 0.1 && shrunk[1] == 0 && shrunk[3] == 0)
  }
}
