"""The lines the tokenizer fixtures are made of: reviews, sentences in many scripts, and hostile text; fixed seed."""
import csv
import pathlib
import random
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent

SENTENCES = """The quick brown fox can't jump over 13 lazy dogs, can it?
Les élèves de l'école ont mangé des crêpes à Noël, où naïveté rime avec été.
Der Straßenbahnfahrer grüßte höflich; die Übung fiel aus. GROẞ!
El niño pequeño preguntó: ¿dónde está la señora? ¡Aquí!
A ação começou às três horas; não há opções, só corações.
Příliš žluťoučký kůň úpěl ďábelské ódy.
Zażółć gęślą jaźń, proszę pana.
Árvíztűrő tükörfúrógép a hídon.
Iğdır'da ışıl ışıl bir gün: İSTANBUL, ılık, IŞIK.
Þetta er ágætt, sagði æðsti maðurinn í Öxarfirði.
Ο ΟΔΥΣΣΕΥΣ γύρισε σπίτι· η Ιθάκη τον περίμενε. ΣΑΣ, σας, ὦ ἄνδρες Ἀθηναῖοι ᾳ ᾼ ῷ
Съешь же ещё этих мягких французских булок, да выпей чаю. Ёж, Йод, ЇЖАК
Щастя не має ціни, їжак і ґанок.
Ќе одиме ли в Ѓевгелија утре?
בראשית ברא אלהים: שָׁלוֹם עֲלֵיכֶם, מה שלומך היום?
اَلسَّلَامُ عَلَيْكُمْ، كيف حالك اليوم؟ ١٢٣٤ لا إله
این یک جملهٔ فارسی است که نیم‌فاصله دارد؛ می‌خواهم.
یہ اردو کا ایک جملہ ہے۔
ܫܠܡܐ ܥܠܡܐ܀
މިއީ ދިވެހި ބަހެވެ
यह हिन्दी का एक वाक्य है। क़लम ज़मीन फ़िल्म क्षत्रिय
এটি একটি বাংলা বাক্য। কো কৌ য়
ਇਹ ਪੰਜਾਬੀ ਹੈ। ਸ਼ ਖ਼
આ ગુજરાતી વાક્ય છે.
ଏହା ଓଡ଼ିଆ ବାକ୍ୟ।
இது ஒரு தமிழ் வாக்கியம். கொ கோ கௌ ஸ்ரீ
ఇది తెలుగు వాక్యం.
ಇದು ಕನ್ನಡ ವಾಕ್ಯ. ಕೊ ಕೋ
ഇത് മലയാളം വാക്യമാണ്. ക്ഷ ൻ ർ
මෙය සිංහල වාක්‍යයකි. ක්‍ෂ
นี่คือประโยคภาษาไทยที่ไม่มีช่องว่าง น้ำใจ ๑๒๓
ນີ້ແມ່ນພາສາລາວ
བོད་ཡིག་གི་ཚིག་གྲུབ། ཀྵ ཱི
ဤသည်မှာ မြန်မာစာ ဖြစ်သည်။
ეს არის ქართული წინადადება. ᲥᲐᲠᲗᲣᲚᲘ
Սա հայերեն նախադասություն է։ և ԵՎ
ይህ የአማርኛ ዓረፍተ ነገር ነው።
នេះជាប្រយោគភាសាខ្មែរ។
ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ
这是一个中文句子,没有空格。我爱北京天安门!𠀀𪜶㐀
這是繁體中文:臺灣、香港「引號」——破折號……
これは日本語の文です。カタカナ、ひらがな、漢字。ガギグ ガギグ パピプ ゔ ヷ
이것은 한국어 문장입니다. 값 없는 닭, 뷁! 각 각 한
ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ꭳꮝꮣ
ᐃᓄᒃᑎᑐᑦ ᑎᑎᕋᐅᓯᖅ
ⵜⴰⵎⴰⵣⵉⵖⵜ
ߒߞߏ ߞߊ߲
ꦧꦱꦗꦮ ᬩᬲᬩᬮᬶ ᮘᮞ ᮞᮥᮔ᮪ᮓ
𐌰𐌱𐌲 𐍈 𐤀𐤁 𒀀𒁀 𓀀𓂀 𐐀𐐁𐐨 𞤀𞤢 𑒻 𑄮
Tiếng Việt có nhiều dấu: ễ ộ ự ặ Ẫ; người Việt Nam.
Yorùbá: ẹ̀kọ́ ọmọ Ṣàngó; Igbo: ụ́lọ̀; ɛ́ ŋ ɔ̀ Ɓ Ɗ Ƙ
ʰɛˈləʊ̯ ɪntəˈnæʃənəl fəˈnɛtɪk ˈælfəbɛt
x² + y² ≤ z³ ⇒ ∑∞ₙ₌₁ 1⁄n² = π²⁄6 ≈ 1.644; ½ ¼ ℵ₀ ℝ ∀x∃y Å Ω K
€100, £20, ¥5000, ₹300, ₿0.5, ¢99, 50 % — “quotes” ‘single’ «guillemets» … † ‡ § ¶ № ™ ® ©
ﬁ ﬂ ﬃ ﬆ Ǆ ǅ ǆ ĳ Ⅷ ⅷ ㍿ ㋿ ㏂ ㎏ ﷺ ﷽ Ａｂｃ１２３!ｶﾞｷﾞ ①②③ Ⓐⓑ 𝔘𝔫𝔦𝕔𝕠𝕕𝕖 𝟙𝟚 ᵃᵇ ₓ
👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🇩🇪🇫🇷 ❤️‍🔥 1️⃣ ☺️ 🤷🏿‍♀️ 🫠 🪿 🏴󠁧󠁢󠁥󠁮󠁧󠁿 :-) ^_^ ¯\\_(ツ)_/¯
http://example.com/a?b=c&d=%20#e user@example.org C:\\dir\\file.txt $HOME `code` <b>&amp;</b> {x: [1, 2]} ~!@#$%^&*()_+|""".split("\n")

SPECIALS = "[CLS] [SEP] [MASK] [UNK] [PAD] [mask] [ MASK ] [MASK [MASK]] <ent> <ENT> <Ent> yes YES hémi HÉMI qx Qx ##ing ##".split()
CURIOUS = [chr(i) for i in (
    0, 1, 7, 8, 9, 10, 11, 12, 13, 0x1B, 0x1C, 0x1F, 0x20, 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0x130, 0x131, 0x17F, 0x1C5,
    0x300, 0x301, 0x316, 0x323, 0x327, 0x334, 0x340, 0x344, 0x345, 0x34F, 0x378, 0x3A3, 0x3C2, 0x61C, 0x6DD, 0x70F,
    0x958, 0xF73, 0xF75, 0xF81, 0xFFF, 0x1100, 0x1161, 0x11A7, 0x11A8, 0x11C2, 0x115F, 0x1160, 0x1680, 0x180B, 0x180E,
    0x1E9E, 0x1FB3, 0x2000, 0x200A, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202E, 0x202F, 0x205F,
    0x2060, 0x2064, 0x2066, 0x2069, 0x206F, 0x20DD, 0x20E3, 0x2126, 0x212A, 0x212B, 0x2ADC, 0x3000, 0x302A, 0x3099,
    0x309A, 0x3164, 0x3400, 0x4DBF, 0x4DC0, 0x4E00, 0x9FFF, 0xA000, 0xAC00, 0xAC01, 0xD7A3, 0xD7FF, 0xE000, 0xF8FF,
    0xF900, 0xFAFF, 0xFB1D, 0xFB2C, 0xFDD0, 0xFE00, 0xFE0F, 0xFE20, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0xFFFC, 0xFFFD,
    0xFFFE, 0xFFFF, 0x10000, 0x101FD, 0x110BD, 0x11099, 0x1109A, 0x11131, 0x11938, 0x16FF0, 0x1BCA0, 0x1D15E, 0x1D165,
    0x1D173, 0x1D17A, 0x1D1BF, 0x1E94A, 0x1F3FB, 0x1FFFE, 0x20000, 0x2A6DF, 0x2A6E0, 0x2B73F, 0x2B740, 0x2B81F, 0x2B820,
    0x2CEAF, 0x2F800, 0x2FA1D, 0x2FA1F, 0x30000, 0xE0001, 0xE0020, 0xE0100, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFF)]
MARKS = [chr(i) for i in range(0x300, 0x11FFF) if unicodedata.combining(chr(i))]
DECOMPOSABLE = [chr(i) for i in range(0x80, 0x30000) if unicodedata.decomposition(chr(i))]


def any_scalar(rng):
    top = rng.choice([0x80, 0x250, 0x600, 0x3000, 0x10000, 0x20000, 0x110000])
    while True:
        i = rng.randrange(top)
        if not 0xD800 <= i < 0xE000:
            return chr(i)


def atom(rng):
    kind = rng.randrange(10)
    if kind == 0:
        return rng.choice(CURIOUS)
    if kind == 1:
        return rng.choice("aeioucnsAEIOUαωи") + "".join(rng.choice(MARKS) for _ in range(rng.randrange(1, 5)))
    if kind == 2:
        return rng.choice(DECOMPOSABLE)
    if kind == 3:
        return rng.choice(["", " ", "  ", "x", "x ", " x", "\t"]) + rng.choice(SPECIALS) + rng.choice(["", " ", "  ", "y", "\n"])
    if kind == 4:
        return any_scalar(rng)
    if kind == 5:
        return rng.choice(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    if kind == 6:
        word = rng.choice(rng.choice(SENTENCES).split())
        return rng.choice([word, word.upper(), word.lower(), unicodedata.normalize("NFD", word), word.title()])
    if kind == 7:
        sentence = rng.choice(SENTENCES)
        start = rng.randrange(len(sentence))
        return sentence[start : start + rng.randrange(1, 12)]
    if kind == 8:
        return chr(rng.randrange(0x1100, 0x1113)) + chr(rng.randrange(0x1161, 0x1176)) + rng.choice(["", "\u11a8", "\u11c2"])
    return rng.choice([" ", "  ", "\u00a0", "\u3000", "\t", "a", "B", "ing", "7"])


def lines():
    """10,000 lines, all different."""
    rng = random.Random(20)
    result = {"": None, " ": None, "\n": None, "\u0301": None, "\u0000": None, "\u200d": None}
    for sentence in SENTENCES:
        for form in (sentence, sentence.upper(), sentence.lower(), *(unicodedata.normalize(f, sentence) for f in ("NFC", "NFD", "NFKC", "NFKD"))):
            result[form] = None
        result["".join(sentence.split())] = None
        result[" ".join(sentence)] = None
    with open(ROOT / "datasets" / "reviews.csv", encoding="utf-8", newline="") as file:
        for row in list(csv.DictReader(file))[:2500]:
            result[row["text"]] = None
    for length in (99, 100, 101, 102, 500, 3000):
        for word in ("a", "é", "e\u0301", "中", "가", "ß", "İ", "!", "👩🏽‍💻", "\u0301", "a\u200d"):
            result[("x" + word * length)[:length]] = None
            result["see " + (word * length)[:length] + " ok"] = None
    for c in CURIOUS:
        for text in (c, f"a{c}b", f"a {c} b", f"{c}{c}", f"{c}ab", f"ab{c}", f"[MASK]{c}[MASK]", f"{c}\u0301\u0316"):
            result[text] = None
    while len(result) < 10_000:
        result["".join(atom(rng) for _ in range(rng.randrange(1, 16)))] = None
    return list(result)[:10_000]
