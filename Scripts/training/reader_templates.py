"""What the paragraphs of the demo's reader are made of: for each kind of thing its facts, sentences and questions.

{X} is the thing. A fact is a pool of names, as `reader_texts.py` has them; a sentence states the facts that it names,
and a question of a fact is answered by what stands for it in the sentence.
"""

import re


class Kind:
    def __init__(self, name, short, facts, sentences, questions):
        self.name, self.short, self.facts = name, short.split("|"), facts
        self.sentences = [" ".join(line.split()) for line in sentences.strip().splitlines()]
        self.questions = {}
        for line in re.sub(r"\n\s+\| ", " | ", questions.strip()).splitlines():
            fact, _, forms = line.strip().partition(": ")
            self.questions[fact] = forms.split(" | ")


KINDS = [
    Kind("person", "She|He|{last}", dict(
        birthplace="city", birthyear="year", study="city", job="job", field="field", prizefield="field",
        prizeyear="year", partner="person", deathyear="year", deathplace="city", home="city", teacher="person",
        thing="invention", thingyear="year", motherjob="job", country="country", sharer="persons", onefield="field",
        oneyear="year", twofield="field", twoyear="year", studyyear="year", brotherjob="job",
        brother="person", grown="city"), """
        {X} was born in {birthplace} in {birthyear} and studied in {study}.
        {X} was born in {birthplace} in {birthyear}.
        {X} was born in {birthyear} in {birthplace}, a town in {country}.
        {X} was born in {birthplace}, where the family had lived for a long time, and studied {field} in {study}.
        {X} was born in {birthyear}, grew up in {grown} and became a {job}.
        {X} came from {country} and studied in {study}.
        {X} studied in {study} and then worked as a {job} in {home}.
        {X} studied {field} in {study} until {studyyear}.
        {X} was a {job} and the first woman to win a prize in {country}.
        The {job} {X} lived from {birthyear} to {deathyear}.
        The brother of {X} was the {brotherjob} {brother}.
        {X} was a {job} who lived in {home}.
        {X} worked as a {job} in {home}.
        {X} was a {job} from {country}.
        {X} received the Nobel Prize in {prizefield} in {prizeyear}.
        {X} received the Nobel Prize in {prizefield} in {prizeyear}, together with {sharer}.
        {X} shared the Nobel Prize in {prizefield} with {sharer}.
        In {prizeyear} {X} was given the Nobel Prize for work in {prizefield}.
        {X} received the Nobel Prize in {onefield} in {oneyear} and the Nobel Prize in {twofield} in {twoyear}.
        {X} received the Nobel Prize in {onefield} in {oneyear}, together with {sharer}, and the Nobel Prize in \
        {twofield} in {twoyear}.
        {X} married {partner} in {thingyear}.
        {X} was married to {partner}, and the two lived in {home}.
        {X} died in {deathplace} in {deathyear}.
        {X} died in {deathyear}.
        {X} learned {field} from {teacher}.
        {X} was a pupil of {teacher} and moved to {home} later.
        {X} invented {thing} in {thingyear}.
        {X} is best known for {thing}, which was shown to the public in {thingyear}.
        The mother of {X} was a {motherjob}.
        """, """
        birthplace: Where was {X} born? | In which city was {X} born? | What is the birthplace of {X}?
        birthyear: When was {X} born? | In which year was {X} born?
        study: Where did {X} study? | In which city did {X} study?
        job: What was {X}? | What did {X} work as? | What was the profession of {X}?
        field: What did {X} study? | Which subject did {X} learn?
        prizefield: For which field did {X} receive the prize? | In which field was {X} given a prize?
        prizeyear: When did {X} receive the Nobel Prize? | In which year did {X} receive the prize?
            | When did {X} receive the Nobel Prize in {prizefield}?
        oneyear: When did {X} receive the Nobel Prize in {onefield}?
            | In which year did {X} receive the Nobel Prize in {onefield}?
        twoyear: When did {X} receive the Nobel Prize in {twofield}?
            | In which year did {X} receive the Nobel Prize in {twofield}?
        sharer: With whom did {X} share the Nobel Prize? | Who shared the prize with {X}?
        partner: Who did {X} marry? | Whom did {X} marry? | Who was married to {X}?
        deathyear: When did {X} die? | In which year did {X} die?
        deathplace: Where did {X} die?
        home: Where did {X} live? | In which city did {X} work? | Where did {X} work?
        country: From which country was {X}? | Which country did {X} come from?
        teacher: Who taught {X}? | Who was the teacher of {X}?
        thing: What did {X} invent? | What is {X} best known for?
        motherjob: What was the mother of {X}?
        brother: Who was the brother of {X}? | What was the name of the brother of {X}?
        grown: Where did {X} grow up?
        studyyear: Until when did {X} study?
        """),
    Kind("river", "It|The river", dict(
        source="region", mouth="water", count="count", length="km", banks="cities", longer="river", country="country",
        fish="animal", meaning="meaning"), """
        The {X} rises in {source} and flows through {count} countries before it reaches {mouth}.
        The {X} rises in {source} and flows into {mouth}.
        The {X} has its source in {source}.
        The {X} comes from {source}.
        The {X} begins in {source} and ends in {mouth} after {length}.
        The {X} is a river of {country} and flows into {mouth}.
        From {source} the {X} flows through {count} countries to {mouth}.
        {banks} are cities on the banks of the {X}.
        The {X} is {length} long and ends in {mouth}.
        The {X} is {length} long.
        {banks} stand on the banks of the {X}.
        {banks} lie on the {X}.
        The {X} is the second longest river of {country}, after the {longer}.
        Only the {longer} is longer than the {X}.
        The {X} flows through {count} countries.
        The {X} is home to the {fish}.
        The name of the {X} means {meaning}.
        """, """
        source: Where does the {X} rise? | Where is the source of the {X}?
        mouth: Where does the {X} end? | Into which sea does the {X} flow? | What does the {X} flow into?
            | Which sea does the {X} reach?
        count: How many countries does the {X} flow through? | Through how many countries does the {X} flow?
        length: How long is the {X}? | What is the length of the {X}?
        banks: Which cities stand on the banks of the {X}? | Which cities lie on the {X}?
        longer: Which river is longer than the {X}? | Which river of {country} is longer than the {X}?
        fish: Which animal lives in the {X}?
        meaning: What does the name of the {X} mean?
        """),
    Kind("bridge", "It|The bridge", dict(
        year="year", length="metres", designer="persons", colour="colour", river="river", town="city", record="year",
        price="money", material="material",
        begun="year"), """
        The {X} Bridge was opened in {year}.
        The {X} Bridge was opened in {year} and crosses the {river}.
        The {X} Bridge was designed by {designer} and opened in {year}.
        The {X} Bridge was built by {designer}.
        The {X} Bridge was built between {begun} and {year} and is {length} long.
        {designer} built the {X} Bridge in {year}.
        The {X} Bridge is {length} long and crosses the {river}.
        The colour of the {X} Bridge is called {colour}.
        The {X} Bridge stands in {town}, is painted {colour} and was opened in {year}.
        The {X} Bridge, which {designer} designed, has a main span of {length}.
        The main span of the {X} Bridge is {length} long, and until {record} no bridge had a longer one.
        The {X} Bridge is {length} long.
        The {X} Bridge is painted in a colour called {colour}.
        The {X} Bridge is painted {colour}.
        The {X} Bridge crosses the {river} in {town}.
        The {X} Bridge is made of {material} and cost {price}.
        """, """
        year: When was the {X} Bridge opened? | In which year was the {X} Bridge opened?
        length: How long is the {X} Bridge? | How long is the main span of the {X} Bridge?
        designer: Who designed the {X} Bridge? | Who built the {X} Bridge?
        colour: What is the colour of the {X} Bridge called? | In which colour is the {X} Bridge painted?
            | What colour is the {X} Bridge?
        river: Which river does the {X} Bridge cross?
        town: In which city is the {X} Bridge? | Where is the {X} Bridge?
        record: Until when did no bridge have a longer span than the {X} Bridge?
        price: How much did the {X} Bridge cost?
        material: What is the {X} Bridge made of?
        """),
    Kind("country", "It|The country", dict(
        capital="city", largest="city", language="language", money="currency", people="people", neighbours="countries",
        year="year", mountain="mountain", export="goods", ruler="country", head="person", since="year"), """
        {capital} is the capital of {X}.
        The capital of {X} is {capital}.
        The capital of {X} is {capital}, but its largest city is {largest}.
        About {people} people live in {X}, and most of them speak {language}.
        {X} has {people} inhabitants.
        About {people} people live in {X}, and most of them pay with the {money}.
        {people} people live in {X}. They speak {language}.
        {X} has {people} inhabitants, who speak {language} and pay with the {money}.
        The largest city of {X} is {largest}, and {capital} is the capital.
        The people of {X} speak {language} and pay with the {money}.
        The official language of {X} is {language}.
        The currency of {X} is the {money}.
        {X} has borders with {neighbours}.
        {X} became independent of {ruler} in {year}.
        The highest mountain of {X} is {mountain}.
        {X} sells {export} to other countries.
        Since {since} the president of {X} has been {head}.
        """, """
        capital: What is the capital of {X}? | Which city is the capital of {X}?
        largest: What is the largest city of {X}? | Which city of {X} is the largest?
        language: Which language do people speak in {X}? | What is the official language of {X}?
            | Which language is spoken in {X}?
        money: What is the currency of {X}? | What do people pay with in {X}?
        people: How many people live in {X}? | How many inhabitants does {X} have?
        neighbours: Which countries have borders with {X}? | What are the neighbours of {X}?
        year: When did {X} become independent?
        mountain: What is the highest mountain of {X}?
        export: What does {X} sell to other countries?
        ruler: From which country did {X} become independent?
        head: Who is the president of {X}?
        """),
    Kind("mountain", "It|The mountain", dict(
        height="metres", country="country", climber="persons", year="year", range="region", meaning="meaning",
        rock="material", plant="plant", second="country", later="persons", lateryear="year", othermount="mountain",
        count="count", town="city"), """
        {X} is {height} high and lies in {country}.
        {X} lies in {country} and is {height} high.
        {X}, which is {height} high, stands between {country} and {second}.
        {X} rises to {height} above the sea.
        {X} is {height} high and was first climbed in {year}.
        {X} was climbed by {climber} in {year} and again by {later} in {lateryear}.
        In {year} {climber} climbed {X}.
        {climber} reached the top of {X} in {year} and the top of {othermount} in {lateryear}.
        {X} was first climbed by {climber} in {year}, with {count} guides from {town}.
        {X} is {height} high.
        {X} is a mountain in {range}.
        {X} was first climbed by {climber} in {year}.
        {climber} reached the top of {X} in {year}.
        The name of {X} means {meaning}.
        {X} consists of {rock}.
        Near the top of {X} grows {plant}.
        """, """
        height: How high is {X}? | What is the height of {X}?
        country: In which country is {X}? | In which country does {X} lie?
        range: Where is {X}? | In which mountains is {X}?
        climber: Who first climbed {X}? | Who was the first to climb {X}? | Who reached the top of {X}?
        year: When was {X} first climbed? | In which year was {X} first climbed?
        meaning: What does the name of {X} mean?
        rock: What does {X} consist of?
        plant: What grows near the top of {X}?
        """),
    Kind("work", "It|The book", dict(
        author="person", year="year", place="city", hero="job", language="language", days="days", sold="people",
        other="title", written="city"), """
        "{X}" was written by {author} and published in {year}.
        {author} wrote "{X}" in {year}.
        {author} wrote "{X}" in {days}.
        "{X}" was published in {year}.
        "{X}" is a book by {author} and tells the story of a {hero}.
        "{X}", which {author} wrote in {written}, was published in {year}.
        {author} published "{X}" in {year}, and it tells the story of the {hero}.
        "{X}" is the story of a {hero} in {place}.
        "{X}" takes place in {place} and tells the story of a {hero}.
        "{X}" tells the story of a {hero}.
        "{X}" was first written in {language}.
        "{X}" sold {sold} copies in the first year.
        After "{X}" the same author wrote "{other}".
        """, """
        author: Who wrote "{X}"? | Who is the author of "{X}"?
        year: When was "{X}" published? | In which year was "{X}" published? | When did {author} write "{X}"?
        place: Where does "{X}" take place?
        hero: Whose story does "{X}" tell?
        language: In which language was "{X}" written?
        days: How long did it take to write "{X}"?
        sold: How many copies of "{X}" were sold?
        other: What did the same author write after "{X}"?
        written: Where was "{X}" written? | Where did {author} write "{X}"?
        """),
    Kind("company", "It|The company", dict(
        founder="persons", year="year", town="city", goods="goods", people="people", buyer="company", price="money",
        first="goods", street="street", boughtyear="year"), """
        {X} was founded by {founder} in {year}.
        {founder} founded {X} in {town}.
        {X} was founded in {town} in {year}.
        {X} makes {goods} in {town}.
        {X} sells {goods}.
        {people} people work for {X}.
        {X} was bought by {buyer} for {price} in {boughtyear}.
        {X} began with {first} and makes {goods} today.
        The first shop of {X} stood in {street}.
        """, """
        founder: Who founded {X}? | By whom was {X} founded?
        year: When was {X} founded? | In which year was {X} founded?
        town: Where was {X} founded? | In which city is {X}?
        goods: What does {X} make? | What does {X} sell?
        people: How many people work for {X}?
        boughtyear: When was {X} bought? | In which year did {buyer} buy {X}?
        buyer: Who bought {X}? | Which company bought {X}?
        price: For how much was {X} bought? | How much did {buyer} pay for {X}?
        first: What did {X} begin with?
        street: Where did the first shop of {X} stand?
        """),
    Kind("animal", "It|The animal", dict(
        region="region", food="goods", weight="kilograms", age="years", colour="colour", enemy="animal", young="count",
        hours="hours"), """
        The {X} lives in {region} and eats {food}.
        The {X} lives in {region}.
        The {X} eats {food}.
        The {X} weighs {weight} and lives for {age}.
        The {X} weighs {weight}.
        The {X} eats {food} and sleeps for {hours} a day.
        The {X} can live for {age}.
        The {X} has {colour} fur.
        The only enemy of the {X} is the {enemy}.
        The {X} has {young} young a year.
        The {X} sleeps for {hours} a day.
        """, """
        region: Where does the {X} live?
        food: What does the {X} eat?
        weight: How much does the {X} weigh? | How heavy is the {X}?
        age: How long does the {X} live? | How old can the {X} become?
        colour: What colour is the {X}? | What colour is the fur of the {X}?
        enemy: What is the only enemy of the {X}? | Which animal is the enemy of the {X}?
        young: How many young does the {X} have?
        hours: How long does the {X} sleep?
        """),
    Kind("substance", "It|The substance", dict(
        boils="degrees", melts="degrees", thin="degrees", finder="person", year="year", use="goods", colour="colour",
        place="city", top="mountain"), """
        {X} boils at {boils} and melts at {melts}.
        {X} boils at {boils} at sea level.
        {X} boils at {boils}.
        {X} melts at {melts}.
        {X} melts at {melts} and boils at {boils}.
        At {melts} {X} melts.
        At sea level {X} boils at {boils}, but on top of {top} at {thin}.
        On top of {top}, where the air is thinner, {X} boils at {thin}.
        {X} was discovered by {finder} in {year}.
        {finder} discovered {X} in {place}.
        {X} is used to make {use}.
        {X} has a {colour} colour.
        """, """
        boils: At what temperature does {X} boil? | At what temperature does {X} boil at sea level?
        thin: At what temperature does {X} boil on top of {top}? | At what temperature does {X} boil on {top}?
        melts: At what temperature does {X} melt?
        finder: Who discovered {X}? | By whom was {X} discovered?
        year: When was {X} discovered?
        place: Where was {X} discovered?
        use: What is {X} used for? | What is made of {X}?
        colour: What colour is {X}?
        """),
    Kind("town", "It|The town|The city", dict(
        river="river", year="year", people="people", founder="persons", known="goods", building="building",
        mayor="person", country="country", closed="building", reason="reason", far="km", near="city"), """
        {X} lies on the {river} in {country}.
        {X} is a city in {country}.
        {X} was founded by {founder} in {year}.
        {X} was founded in {year}.
        {X} has {people} inhabitants and is known for its {known}.
        {people} people live in {X}.
        {X} is known for its {known}.
        The mayor of {X} is {mayor}.
        The oldest building in {X} is {building}.
        In {X} {closed} was closed because {reason}.
        {X} is {far} away from {near}.
        """, """
        river: On which river does {X} lie? | Which river flows through {X}?
        country: In which country is {X}? | In which country does {X} lie?
        founder: Who founded {X}? | By whom was {X} founded?
        year: When was {X} founded?
        people: How many people live in {X}? | How many inhabitants does {X} have?
        known: What is {X} known for?
        mayor: Who is the mayor of {X}?
        building: What is the oldest building in {X}?
        closed: What was closed in {X}?
        reason: Why was {closed} closed? | Why was {closed} in {X} closed?
        far: How far is {X} from {near}?
        """),
    Kind("day", "She|He|{X}", dict(
        day="day", article="article", place="building", price="money", friend="first", time="time", gift="article",
        food="goods", reason="reason", sold="article", lost="article", found="article", where="building"), """
        On {day} {X} bought {article} in {place} for {price}.
        {X} bought {article} for {price}.
        {X} bought {article} in {place} for {price}.
        On {day} {X} bought {article} in {place}.
        {X} paid {price} for {article}.
        At {time} {X} met {friend} in {place}.
        On {day} at {time} {X} met {friend}.
        {X} sold {sold} to {friend} for {price}.
        {X} lost {lost} in {where}.
        {X} found {found} in {where} on {day}.
        {X} met {friend} in {place} at {time}.
        {X} gave {gift} to {friend}.
        {X} met {friend} on {day}.
        {X} went to {place} on {day}.
        At {time} {X} ate {food} with {friend}.
        {X} came late because {reason}.
        {X} was sad because {reason}.
        """, """
        day: When did {X} buy {article}? | When did {X} go to {place}? | On which day did {X} meet {friend}?
        article: What did {X} buy? | What did {X} buy in {place}?
        place: Where did {X} buy {article}? | Where did {X} meet {friend}? | Where did {X} go on {day}?
        price: How much did {X} pay for {article}? | What did {article} cost?
        friend: Whom did {X} meet? | Who met {X} in {place}? | To whom did {X} give {gift}?
        time: At what time did {X} meet {friend}? | When did {X} meet {friend}? | When did {X} eat {food}?
        gift: What did {X} give to {friend}? | What did {friend} get from {X}?
        food: What did {X} eat?
        reason: Why did {X} come late? | Why was {X} sad?
        sold: What did {X} sell? | What did {X} sell to {friend}?
        lost: What did {X} lose?
        found: What did {X} find? | What did {X} find in {where}?
        where: Where did {X} lose {lost}? | Where did {X} find {found}?
        """),
]
TAILS = (   # phrases with names that nobody asks for: at the end of a sentence, before one, and on their own
         ", with two guides from {city}", ", together with a {job} from {city}", ", as {person} wrote in {year}",
         ", long before {year}", ", and {person} was there too", ", {count} years after {person}",
         " for the second time",
         ", which nobody in {city} knew", ", {days} before the war", ", like {person} from {country}", ", so they say")
ASIDES = ("According to {person},", "As is well known,", "In the words of {person},", "As they say in {city},", "Today")
FILLERS = ("{person} came from {city} and stayed for {days}.", "It rained for {days}.", "Nobody knows why.",
           "{city} was a small town in {year}.", "{person} was a {job}.", "Many people come from {country} every year.",
           "{city} is {km} away.", "The road to {city} was closed in {year}.")
