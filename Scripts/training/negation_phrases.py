"""Made-up sentences with a negation in them and the side that they are on, for the demo's sentiment model.

The reviews that it is trained on have few of them: 'not bad' is mostly part of a bad review there. `HELD_OUT` is never
trained on; its adjectives, and the bare sentences in it, do not occur in what `phrases` makes.
"""

GOOD = """good great nice excellent funny interesting exciting clever beautiful enjoyable charming useful reliable fresh
    tasty comfortable friendly helpful fast quiet sharp bright clear original moving touching brilliant superb wonderful
    fantastic amazing pleasant lovely smart elegant gripping memorable convincing impressive entertaining satisfying
    worthwhile perfect strong solid warm witty sweet amusing thrilling happy fair special honest easy""".split()
BAD = """bad terrible boring dull awful horrible stupid ugly slow noisy weak poor cheap disappointing annoying tedious
    bland predictable confusing useless unreliable stale uncomfortable rude unfriendly unhelpful blurry dark dirty cold
    silly pointless messy flat lifeless ridiculous clumsy painful sad wrong mediocre forgettable irritating overpriced
    shallow worthless nasty miserable disgusting hopeless sloppy pathetic lame hard unpleasant depressing tasteless
    unfair""".split()
SUBJECTS = """it|this|that|the film|this movie|the book|the story|the ending|the acting|the food|the soup|the service|
    the room|the hotel|the phone|the camera|the screen|the sound|the picture|the battery|the plot|the music|the song|
    the show|the first half|the second part|the price|the staff|the coffee|the trip|the game|the idea|the script|
    the cast|the whole thing|the article|the speech|the weather|my new laptop|her voice|his latest work|their website|
    the result|the quality|the beginning|everything|the concert|the keyboard|dinner|the waiter"""
SUBJECTS = [subject.strip() for subject in SUBJECTS.split("|")]
NOUNS = """film movie book story meal hotel phone camera song show game idea place day trip product album actor plan
    deal start week restaurant town player""".split()
VIRTUES = """charm humour wit talent passion style warmth energy ideas skill surprises suspense imagination depth heart
    taste sense quality point fun""".split()
FAULTS = """flaws faults problems mistakes errors complaints trouble delays bugs noise regrets weaknesses clichés
    defects""".split()
SPOKEN = {   # what is said about a thing as a whole, and P(positive)
    "could be worse": 0.7, "could have been worse": 0.7, "could be much worse": 0.7, "it could be worse": 0.7,
    "could be better": 0.25, "could have been better": 0.25, "it could have been so much better": 0.15,
    "it does not get any better than this": 0.95, "it cannot get any worse": 0.05, "never a dull moment": 0.93,
    "never boring for a second": 0.92, "no complaints": 0.9, "I have no complaints": 0.9, "I can't complain": 0.85,
    "can't complain": 0.82, "I could not ask for more": 0.93, "couldn't be happier": 0.95,
    "I couldn't be happier": 0.95,
    "could not be better": 0.95, "couldn't have been worse": 0.04, "I would not recommend it": 0.06,
    "I do not recommend this": 0.06, "I cannot recommend it enough": 0.95, "can't recommend this enough": 0.95,
    "would not buy again": 0.05, "I don't regret it": 0.87, "I don't regret buying it": 0.87, "no regrets": 0.85,
    "I did not like it": 0.06, "I didn't like it at all": 0.04, "I did not enjoy this": 0.06, "didn't enjoy it": 0.07,
    "I don't hate it": 0.65, "I didn't hate it": 0.66, "I don't mind it": 0.65, "I didn't mind at all": 0.75,
    "it did not disappoint": 0.92, "does not disappoint": 0.92, "never disappoints": 0.93, "it never fails": 0.9,
    "it did not work": 0.06, "does not work at all": 0.04, "it never worked": 0.05, "it didn't help": 0.1,
    "it doesn't make sense": 0.1, "not worth it": 0.06, "not worth the money": 0.05, "not worth your time": 0.05,
    "not my thing": 0.2, "not for me": 0.22, "not a fan": 0.12, "I'm not a fan of it": 0.12, "not impressed": 0.08,
    "not disappointed": 0.85, "I was not disappointed": 0.88, "I was not impressed": 0.08, "not what I hoped for": 0.12,
    "not to be missed": 0.93, "you won't regret it": 0.92, "you will not be disappointed": 0.92,
    "nothing special": 0.25,
    "nothing to complain about": 0.88, "nothing to like here": 0.06, "nothing wrong with it": 0.85, "not a waste": 0.75,
    "nothing wrong with that": 0.82, "there is nothing wrong with it": 0.84, "not great, not terrible": 0.45,
    "no fun": 0.08, "no good": 0.08, "no good at all": 0.05, "no problem": 0.8, "no problems at all": 0.87,
    "never again": 0.08, "not again": 0.2, "not once was I bored": 0.9, "I was never bored": 0.9,
    "not too shabby": 0.82,
    "not half bad": 0.8, "you can't go wrong with it": 0.9, "I wasn't expecting much, but it was great": 0.9,
    "it isn't all bad": 0.65, "not all bad": 0.65, "it is not without its charm": 0.75, "not without flaws": 0.4,
}
SAID = {     # frames for an adjective, and how far they go: 1 keeps its side, -1 turns it around
    "{s} {is} not {a}": -0.8, "{s} {isnt} {a}": -0.8, "{s} {is} not {a} at all": -0.9, "{s} {isnt} {a} at all": -0.9,
    "{s} {is} not at all {a}": -0.9, "not {a}": -0.8, "not at all {a}": -0.9, "not that {a}": -0.65, "not so {a}": -0.6,
    "not too {a}": -0.6, "{s} {is} not too {a}": -0.6, "{s} {isnt} that {a}": -0.65, "{s} {isnt} so {a}": -0.6,
    "{s} {isnt} as {a} as they say": -0.6, "not as {a} as I thought": -0.65, "not as {a} as expected": -0.65,
    "{s} {is} never {a}": -0.85, "never {a}": -0.85, "{s} {is} far from {a}": -0.85, "far from {a}": -0.85,
    "{s} {is} anything but {a}": -0.9, "anything but {a}": -0.9, "{s} {is} hardly {a}": -0.75, "hardly {a}": -0.75,
    "{s} {is} by no means {a}": -0.85, "not {a} by any means": -0.8, "not even {a}": -0.7, "not exactly {a}": -0.7,
    "{s} {is} not really {a}": -0.7, "not really {a}": -0.7, "not the least bit {a}": -0.85,
    "{s} {is} no longer {a}": -0.7,
    "not in the least {a}": -0.85, "I don't find {o} {a}": -0.75, "I didn't find {o} {a} at all": -0.85,
    "nothing {a} about {o}": -0.8, "there {is} nothing {a} about {o}": -0.8, "not a {a} {n}": -0.8,
    "not a {a} {n} at all": -0.85,
    "{s} {isnt} a {a} {n}": -0.8, "I don't think {o} {is} {a}": -0.75, "I would not call {o} {a}": -0.75,
    "nobody can say that {o} {is} {a}": -0.75, "not one {a} moment in {o}": -0.85, "without being {a}": -0.5,
    "{s} {is} {a}": 0.85, "{s} {is} very {a}": 0.9, "{s} {is} really {a}": 0.9, "{a}": 0.85, "so {a}": 0.88,
    "very {a}": 0.9,
    "a {a} {n}": 0.85, "what a {a} {n}": 0.9, "a very {a} {n}": 0.9, "{s} {is} {a}, there {is} no doubt": 0.88,
    "just {a}": 0.85,
    "{s} {is} not only {a} but also {b}": 0.9, "not only {a} but {b}": 0.9, "{s} {is} {a} and {b}": 0.9,
    "{a} and {b}": 0.9,
    "not just {a}, it is {b}": 0.9, "nothing but {a}": 0.85, "{a}, not {z}": 0.88, "{s} {is} {a}, not {z}": 0.88,
    "not {z}, but {a}": 0.85, "{s} {is} not {z}, it is {a}": 0.85, "{s} {is} not {z} at all, quite {a}": 0.85,
    "I never thought {o} could be so {a}": 0.85, "I have never seen such a {a} {n}": 0.9, "never been so {a}": 0.85,
    "there {is} no {n} as {a} as this": 0.85, "I can't believe how {a} {o} {is}": 0.9, "not the most {a} {n}": -0.45,
}
HAVING = {   # frames for a virtue or a fault
    "no {v}": -0.8, "no {v} at all": -0.85, "{s} has no {v}": -0.8, "{s} has no {v} at all": -0.85,
    "without {v}": -0.75,
    "without any {v}": -0.8, "{s} doesn't have any {v}": -0.8, "there {is} no {v} in {o}": -0.8,
    "not much {v} in {o}": -0.6,
    "full of {v}": 0.85, "{s} {is} full of {v}": 0.85, "so much {v} in {o}": 0.8, "{s} has a lot of {v}": 0.8,
    "{s} never lacks {v}": 0.75, "not without {v}": 0.5, "{s} lacks {v}": -0.75, "free of {v}": -0.75,
}
DEGREES = {"not the worst {n}": 0.65, "not the worst {n} I have seen": 0.65, "{s} {isnt} the worst": 0.65,
           "{s} {is} not the best": 0.27, "not the best {n}": 0.27, "not the best {n} I have seen": 0.27,
           "the best {n} I have seen": 0.95, "the worst {n} I have seen": 0.04, "{s} {is} the worst": 0.04,
           "{s} {is} the best": 0.95, "{s} has never been better": 0.93, "{s} has never been worse": 0.05,
           "{s} could not be better": 0.94, "{s} could be worse": 0.7, "{s} could be better": 0.25,
           "{s} couldn't be worse": 0.05, "nothing wrong with {o}": 0.83, "there {is} nothing wrong with {o}": 0.83,
           "nothing right about {o}": 0.1, "I did not like {o}": 0.06, "I didn't enjoy {o}": 0.07,
           "I do not hate {o}": 0.65,
           "I do like {o}": 0.92, "I hated {o}": 0.04, "I would not miss {o}": 0.6, "{s} did not let me down": 0.9,
           "{s} let me down": 0.07, "{s} does not disappoint": 0.92, "{s} never fails to please": 0.93,
           "{s} never gets old": 0.9, "{s} failed to please": 0.06, "I can't fault {o}": 0.9, "I can't stand {o}": 0.03,
           "I cannot get enough of {o}": 0.95, "don't waste your time on {o}": 0.03, "don't miss {o}": 0.92}
# (text, positive): other adjectives, other frames, other subjects, or the bare sentence.
HELD_OUT = [(text, side == "+") for side, text in (line.strip().split(" ", 1) for line in """
    + Not bad at all.
    + The pizza was not bad at all.
    + Not bad!
    + Actually not bad.
    + This vacuum cleaner isn't bad.
    + Not bad for a beginner.
    + Her second novel is not dreadful.
    + The lecture wasn't gloomy at all.
    + Nothing shoddy about this bicycle.
    + The sequel is far from dreary.
    + The museum was anything but drab.
    + My neighbours are never grumpy.
    + The tour guide was not arrogant.
    + I have nothing bad to say about the dentist.
    + There was never a dull minute in the opera.
    + I had no trouble with the washing machine.
    + You could do much worse than this bakery.
    + Not the worst way to spend an evening.
    + The train ride did not disappoint us.
    + I wasn't bored once.
    + The pasta is not crummy by any means.
    + Nothing is wrong with this umbrella.
    + The hike was not exhausting.
    + The jacket isn't itchy at all.
    - Not good at all.
    - The pizza was not good at all.
    - Not good.
    - The tour guide wasn't welcoming.
    - This vacuum cleaner isn't handy.
    - The lecture was not inspiring at all.
    - Nothing delightful about this bicycle.
    - The sequel is far from marvellous.
    - The museum was anything but splendid.
    - My neighbours are never polite.
    - Her second novel is not captivating.
    - The pasta is not delicious by any means.
    - I have nothing good to say about the dentist.
    - You could do much better than this bakery.
    - Not the best way to spend an evening.
    - I did not like the opera.
    - I wouldn't recommend the train ride.
    - The washing machine doesn't work.
    - There is no joy in this opera.
    - The jacket isn't stylish at all.
    - The umbrella never opened properly.
    - I was not amused.
    - Hardly a masterpiece.
    - The hike was not relaxing.
    """.strip().splitlines())]


def phrases(random, count):
    """`count` sentences, and the probability that each is positive."""
    bare = {plain(text) for text, _ in HELD_OUT}
    made = []
    while len(made) < count:
        subject = random.choice(SUBJECTS)
        past = random.random() < 0.5
        good = random.random() < 0.5
        side, other = (GOOD, BAD) if good else (BAD, GOOD)
        words = {"s": subject, "o": subject, "n": random.choice(NOUNS), "is": "was" if past else "is",
                 "isnt": random.choice(("wasn't", "was not") if past else ("isn't", "is not")),
                 "a": random.choice(side), "b": random.choice(side), "z": random.choice(other),
                 "v": random.choice(VIRTUES if good else FAULTS)}
        kind = random.random()
        if kind < 0.1:
            text, chance = random.choice(list(SPOKEN.items()))
        elif kind < 0.25:
            text, chance = random.choice(list(DEGREES.items()))
        else:
            text, sign = random.choice(list((SAID if kind < 0.88 else HAVING).items()))
            chance = 0.5 + 0.5 * sign * (1 if good else -1)
        text = text.format(**words)
        for vowel in "aeiou":
            text = text.replace(f" a {vowel}", f" an {vowel}")
        if plain(text) in bare:
            continue
        text = text[0].upper() + text[1:] if random.random() < 0.7 else text
        made.append((text + random.choice((".", ".", "!", "", " .")), chance))
    return made


def plain(text):
    return text.lower().strip(" .!")
