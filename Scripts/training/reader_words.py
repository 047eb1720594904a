"""The words that the paragraphs of the demo's reader are made of, and phrases put together from them.

Half of what a pool gives is put together anew, so that a reader goes by the sentence and not by the words it knows.
"""

WORDS = {
    "job":
        "painter, chemist, physicist, teacher, farmer, sailor, nurse, poet, composer, lawyer, baker, "
        "engineer, singer, gardener, doctor, carpenter, judge, pilot, weaver, clockmaker, botanist, "
        "historian, dancer, printer, shepherd, prince, detective, orphan, soldier, monk, thief, king, widow, "
        "miller, knight, pirate, servant, ghost, fisherman, tailor, governess, explorer, giant, merchant",
    "field":
        "physics, chemistry, medicine, literature, mathematics, law, music, history, botany, astronomy, "
        "geology, economics, philosophy, Physics, Chemistry, Medicine, Literature, Peace",
    "invention":
        "the steam pump, a new kind of lamp, the folding chair, the paper clock, a machine for sewing, the "
        "first electric bell, the water filter, a map of the stars, the rubber boot, a cure for fever, the "
        "wind harp",
    "region":
        "the Black Hills, the Green Forest, the northern mountains, the Silver Mountains, the southern "
        "desert, the Long Valley, the western plains, the High Meadows, the Old Forest, the Cold Marshes, the "
        "eastern islands, the Red Hills, the forests of the north, the mountains of the south, the Blue "
        "Lakes, the Stone Desert",
    "water":
        "the North Sea, the White Sea, the Red Sea, the Green Lake, the Atlantic Ocean, the Pacific Ocean, "
        "the Yellow Sea, the Dead Sea, the Gulf of Bothnia, the Indian Ocean, the Great Lake, the Baltic Sea, "
        "the Bay of Bengal",
    "count": "two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, twenty",
    "meaning":
        "white water, old mother, the sleeping giant, cold stone, place of winds, great snake, land of honey, "
        "black bird, the long road, three brothers, bright eye, house of snow, gift of the sun",
    "animal":
        "red pike, grey otter, brown trout, spotted lynx, river crab, snow hare, marsh owl, black stork, blue "
        "fox, giant salamander, wild goat, tree marten, stone eagle, night heron, desert mouse, horned viper",
    "colour":
        "dark green, light blue, golden yellow, silver grey, deep red, pale pink, snow white, bright orange, "
        "royal blue, brick red, white, black, brown, green, yellow, grey, national violet, oriental red",
    "material":
        "steel, granite, white marble, wood, red brick, iron, limestone, glass, concrete, sandstone, black "
        "basalt",
    "plant":
        "a small blue flower, white moss, a kind of rose, wild thyme, a rare fern, yellow lichen, mountain "
        "tobacco",
    "goods":
        "wool, dried fish, paper, glass beads, wooden toys, copper wire, cheese, olive oil, leather shoes, "
        "violins, sugar, bicycles, pocket watches, candles, black tea, cotton shirts, tin cans, honey, "
        "apples, silk, salt, rice and beans, fresh bread, roots and berries, small insects, steam engines, "
        "ink, umbrellas, mushrooms",
    "language":
        "Dutch, Polish, Arabic, Swahili, Greek, Turkish, Hindi, Finnish, Danish, Persian, Korean, Latin, "
        "Welsh, Basque, Hungarian, Russian, Thai, Malay, Irish, Catalan, Hebrew, Tamil, Czech, Spanish, "
        "Portuguese",
    "currency":
        "crown, dinar, franc, peso, pound, rupee, shilling, mark, lira, florin, dollar, real, zloty, ruble, "
        "won",
    "street": "Market Street, Bridge Lane, King's Road, Mill Street, the Old Harbour, Station Road, Garden Lane",
    "building":
        "the town hall, the cathedral, the old library, the station, the museum, the market, the castle, the "
        "theatre, the bakery, the post office, the school, the hospital, the mill, the bath house, the church, "
        "the hotel, the garden, the shop, the park, the cinema, the airport, the bank",
    "reason":
        "the roof leaked, it had rained for a week, there was no money, a fire broke out, the train was late, "
        "the key was lost, nobody came any more, the wall had fallen down, the bus had broken down, the "
        "winter was cold, the dog was ill, the road was blocked by snow, the clock was wrong, there were too "
        "few nurses",
    "day": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
    "article":
        "a green bicycle, an old lamp, a wooden chair, a red umbrella, a silver ring, a woollen coat, a small "
        "clock, a map of the world, an iron pot, a blue vase, a second-hand violin, a box of pencils, a straw "
        "hat",
    "substance":
        "water, alcohol, mercury, sulphur, ammonia, acetone, chlorine, iodine, copper, tin, zinc, lead, "
        "nickel, cobalt, bromine, potash, camphor, naphtha, paraffin, turpentine, glycerine, phosphorus, "
        "argon, neon",
    "company": "Brothers, and Sons, and Company, Works, Mills, Trading, Motors, Foods, Press, Instruments",
    "title":
        "Garden, River, Winter, House, Letter, Mirror, Ship, Orchard, Stranger, Clock, Island, Road, Lamp, "
        "Bell",
    "adjective":
        "Silent, Last, Broken, Red, Long, Hidden, White, Second, Empty, Burning, Golden, Lost, Northern, "
        "Quiet, Old, New, Great, Little, Upper, Lower, High, Deep, Dark, Stone, Iron, Wild, Western, Eastern",
    "heights": "Hills, Forest, Mountains, Valley, Highlands, Moor, Plains, Marshes, Woods, Heath, Range, Desert",
    "depths": "Sea, Lake, Ocean, Bay, Gulf, Strait, Channel",
    "paint": "red, blue, green, yellow, orange, white, black, brown, grey, violet, pink, gold, silver",
    "shade":
        "imperial, signal, sky, sea, bottle, pearl, sand, rust, forest, lemon, night, chalk, cherry, copper, "
        "harbour, railway, winter, smoke, moss, tower",
    "object":
        "lamp, chair, umbrella, ring, coat, clock, vase, violin, hat, knife, mirror, carpet, kettle, basket, "
        "drum, newspaper, pillow, candle, painting, cake, rope, scarf, shirt, table, toy, whistle, wallet, "
        "jacket, camera, spoon, map, pen, cup, necklace",
    "look":
        "green, wooden, red, silver, woollen, small, blue, cheap, heavy, broken, large, white, new, round, "
        "black, cotton, brass, painted, yellow, tiny, golden, strange, paper, glass",
    "crop":
        "wool, fish, paper, beads, toys, wire, cheese, oil, shoes, sugar, tea, shirts, honey, apples, salt, "
        "bread, berries, engines, boats, carpets, grain, soap, knives, pottery, wine, grass, leaves, worms",
}
WORDS = {name: [word.strip() for word in words.split(",")] for name, words in WORDS.items()}
SYLLABLES = """
    al an ar bel bor dan dor el en ga hal ir is ka kor la len mar mir nor ol or ra ren sa sil ta tor ul va vel
    bu cha dri em fo gri hu ing jo ki lo mon ni os pra qua ri shi tan um vik wa ya zu nan bat gar pur sk
    """.split()


def made_up(random, low=2, high=3):
    """A word of syllables that no dictionary has."""
    return "".join(random.choices(SYLLABLES, k=random.randint(low, high)))


def phrase(random, pool, names):
    """A name of a pool as it stands in its list, or one put together; `names` gives names of places and people."""
    if pool not in COMPOSED or random.random() < 0.5:
        return random.choice(WORDS[pool])

    def pick(key):
        return random.choice(WORDS[key])

    def proper():
        return random.choice((lambda: pick("adjective"), lambda: made_up(random).title(), names))()

    if pool in ("region", "water"):
        return f"the {proper()} {pick('heights' if pool == 'region' else 'depths')}"
    if pool == "colour":
        return f"{random.choice((pick('shade'), made_up(random, 1, 2), names(), proper()))} {pick('paint')}"
    if pool == "article":
        described = f"{pick('look')} {pick('object')}"
        return random.choice((f"a {described}", f"{pick('count')} {described}s", f"{pick('count')} {pick('object')}s",
                              f"the {described}", f"some {pick('crop')}"))
    if pool == "goods":
        return random.choice((pick("crop"), f"{pick('look')} {pick('crop')}", f"{pick('crop')} and {pick('crop')}"))
    if pool == "language":
        endings = ("ian", "ese", "ish", "ic", "an", "i", "nian", "gol", "lian")
        return made_up(random, 1, 2).title() + random.choice(endings)
    if pool == "currency" or pool == "substance":
        return made_up(random)
    if pool == "building":
        return f"the {random.choice((pick('look'), pick('adjective').lower()))} {pick('building').split()[-1]}"
    return f"{random.choice((pick('look'), pick('adjective').lower(), pick('adjective').lower()))} {pick(pool)}"


COMPOSED = {"region", "water", "colour", "article", "goods", "language", "currency", "substance", "building", "job",
            "animal", "material"}
