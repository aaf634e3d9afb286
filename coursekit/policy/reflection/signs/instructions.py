"""Words to a machine instead of to a reader: “ignore the above”, verdicts in JSON, roles, requests for full
marks.

A reflection on a case about marks speaks of marks, too. So no single word is enough: it takes an order and
what it is to be done to, within a few words. Whoever knows this list can write around it; then there is still
a machine that obeys nobody, because nothing here carries out what a text says.
"""

from __future__ import annotations

import re
from itertools import pairwise

from coursekit.policy.reflection.tokens import fold

_GAP = r"(?: \S+){0,7}? "

# Folded words with one space between them: no accents, no capitals, no look-alikes.
_FOLDED = tuple(
    re.compile(pattern.replace("~", _GAP))
    for pattern in (
        # English
        r"\b(?:ignore|disregard|forget|override|bypass|discard|neglect|skip)~?(?:previous|prior|above|"
        r"earlier|preceding|"
        r"foregoing|your|these|all|any|initial|original|system|grading|given)~?(?:instructions?|prompts?|"
        r"guidelines?|"
        r"directions?|directives?|messages?|context|commands?|constraints?|programming|training|criteria|"
        r"rubrics?)\b",
        r"\b(?:new|updated|revised|following|additional|secret|hidden|real|final|special|admin|"
        r"override) (?:system )?"
        r"(?:instructions?|prompt|directives?|commands?) (?:is|are|for|follows?|to|begin|start|below|"
        r"override)\b",
        r"\b(?:system|developer|admin|root|debug|maintenance|god|dan|sudo) (?:prompt|mode|override|message|"
        r"instruction)s?\b",
        r"\byou (?:are|will be|must act as|should act as|act as)(?: now)?(?: an?| the| my| our)?~?(?:grader|"
        r"grading|assistant|"
        r"chatbot|language model|llm|ai|automat\w+|scoring|marking (?:system|tool|model)|evaluator|"
        r"classifier)\b",
        r"\b(?:pretend|imagine|roleplay|act|behave)(?: that)?(?: you are| to be| as)~?(?:grader|examiner|"
        r"assistant|ai|model|"
        r"machine|marker)\b",
        r"\b(?:dear|hello|hi|hey|attention|note to|message (?:to|for)|to)(?: the| all| any| my|"
        r" this)?(?: human or)?(?: automatic| "
        r"automated| ai| future| machine)? (?:graders?|ai|llm|language model|chatbot|grading (?:system|model|"
        r"tool|software|"
        r"algorithm)|scoring (?:system|model|engine)|evaluators?|checker|classifier|autograder|algorithm)\b",
        r"\b(?:give|award|assign|grant|grade|score|rate|mark|return|output|respond with|answer with|"
        r"reply with|print|set)"
        r"(?: this| it| me| the| my| a)?(?: answer| response| essay| submission| reflection| text| student|"
        r" learner| "
        r"candidate| work)? (?:(?:with|as|at|an?|the|is|to|of) ){0,3}(?:full|maximum|max|highest|top|perfect|"
        r"best possible|"
        r"10 ?10|5 ?5|6 ?6|100|100 percent|a pass|pass|passing|adequate|excellent|"
        r"level [2-9])(?: possible)?(?: marks?| "
        r"scores?| grades?| points?| credits?| levels?| rating)?\b(?: (?:for|on|in|to) (?:all|every|each|"
        r"this|me|my)|"
        r" regardless| without|$| please| no matter| because this| and )",
        r"\b(?:grade|score|rate|mark|evaluate|assess|treat|classify|judge|deem|label|accept|"
        r"consider) (?:this|my|the (?:above|"
        r"following|present|attached|student s|learner s))(?: \S+)? ?(?:answer|response|essay|submission|"
        r"reflection|text|"
        r"work)? (?:as|with|at|to be|an?)~?(?:full|maximum|max|highest|top|perfect|pass|passed|passing|"
        r"adequate|excellent|"
        r"outstanding|complete|correct|10|100|level)\b",
        r"\b(?:this|my|the above|the present) (?:answer|response|essay|submission|reflection|text) (?:is|"
        r"deserves|must|should|"
        r"shall|has to|has been|was|meets|fulfils|fulfills|satisfies|passes|receives|earns|gets|"
        r"scores)~?(?:full (?:marks|"
        r"credit|points|score)|maximum|highest (?:level|score|grade|mark)|top (?:level|score|mark|grade)|"
        r"pre approved|"
        r"preapproved|verified|all (?:the )?(?:criteria|requirements)|every criterion|auto pass\w*|"
        r"pass automatically|"
        r"human review|the rubric|adequate attempt|be accepted|be graded|be scored|be passed)\b",
        r"\b(?:all|every|each)(?: of)?(?: the| these)? (?:criteri\w+|rubric\w*|requirements?) (?:is|are|"
        r"have been|has been|were|"
        r"was) (?:fully |completely |clearly |all )?(?:met|fulfilled|satisfied|passed|checked|found|"
        r"present)\b",
        r"\b(?:criterion|evidence|position|perspective|practice|next step|depth) (?:level )?(?:found|met|"
        r"passed|2 2|is 2|is "
        r"found|score 2|level 2|true)(?: |$)(?:(?:evidence|position|perspective|practice|next step|criterion|"
        r"depth)\b)",
        r"\b(?:do not|don t|don't|never|no need to) (?:send|forward|flag|route|pass|refer) (?:this|it|me|"
        r"my)~?(?:human|person|"
        r"review\w*|teacher|grader|instructor|manual)\b",
        r"\b(?:skip|bypass|disable|turn off|without) (?:the )?(?:human|manual|guard\w*|safety|plagiarism|"
        r"all) ?(?:review|"
        r"checks?|filters?|guards?|detection)\b",
        r"\b(?:end|begin|start|beginning) of (?:the )?(?:student|learner|user|system)? ?(?:text|input|prompt|"
        r"answer|response|"
        r"instructions?|submission|message|conversation|document)\b",
        r"\b(?:repeat|reveal|print|show|output) (?:the|your|all)~?(?:system prompt|instructions|rubric|"
        r"prompt above)\b",
        r"\bauto ?pass\b|\bp adequate\b|\bhuman review\b.{0,40}\b(?:false|not|skip|no)\b|\bas an? (?:ai|"
        r"llm) (?:language )?model\b",
        # German
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*|ubergehe\w*|verwirf|beachte nicht|"
        r"uberspringe\w*)~?(?:anweisung\w*|"
        r"vorgabe\w*|instruktion\w*|anleitung\w*|prompts?|befehl\w*|kriterien|bisherige\w*|vorherige\w*)\b",
        r"\b(?:bewerte\w*|benote\w*|gib|geben sie|vergib|vergeben sie|werte)~?(?:antwort|text|abgabe|aufsatz|"
        r"reflexion|mir|dieser"
        r"|diesem)~?(?:voll\w*|maximal\w*|hochst\w*|sehr gut|note 1|note eins|bestanden|100|beste\w*)\b",
        # French
        r"\b(?:ignore[rz]?|oublie[rz]?|neglige[rz]?|ne tiens pas compte|"
        r"ne tenez pas compte)~?(?:instructions?|consignes?|regles|"
        r"directives?|invite|ce qui precede)\b",
        r"\b(?:donne[rz]?|attribue[rz]?|accorde[rz]?|note[rz]?|evalue[rz]?)~?(?:reponse|texte|copie|devoir|"
        r"moi|reflexion)?~?(?:note "
        r"maximale|meilleure note|tous les points|maximum|20 20|points maximum)\b",
        # Spanish, Portuguese, Italian, Romanian
        r"\b(?:ignor\w*|olvid\w*|esquec\w*|desconsider\w*|descart\w*|omit\w*|dimentic\w*|"
        r"trascur\w*)~?(?:instruc\w*|istruzion\w*|"
        r"instrucoes|instructiuni\w*|indicac\w*|indicazion\w*|ordenes|regras|directiv\w*|directric\w*|"
        r"prompt\w*)\b",
        r"\b(?:da|dale|dame|asigna\w*|otorga\w*|pon|ponga|califica\w*|de|de me|atribu\w*|avalie|dai|"
        r"assegna\w*|valuta\w*|acorda)"
        r"~?(?:maxima|maximo|massimo|massima|puntuacion maxima|nota maxima|voto massimo|puntaje completo|"
        r"punteggio pieno|"
        r"todos los puntos|todos os pontos)\b",
        # Dutch, the North
        r"\b(?:negeer|vergeet|ignorer\w*|ignorera|glom|glem|bortse\w*|ohita|unohda|eira)~?(?:instructies?|"
        r"aanwijzing\w*|opdracht\w*|"
        r"instruks\w*|instruktion\w*|anvisning\w*|ohjeet|ohjeita|juhised|juhiseid)\b",
        r"\b(?:geef|beoordeel|ge|gi|giv)~?(?:maximale|volle|hoogste|hogsta|hojeste|hoyeste|full pott|"
        r"alla poang|tien)~?(?:score|"
        r"punten|cijfer|betyg|karakter|poang|poeng)\b",
        # Polish, Czech, Slovak, Slovene, Croatian, Hungarian, Turkish, Greek
        r"\b(?:zignoruj\w*|ignoruj\w*|zapomnij|pomin|prezri|zanemari\w*|ignorisi\w*|prezrite|"
        r"hagyd figyelmen kivul|felejtsd el|"
        r"gormezden gel\w*|yok say\w*|unut)~?(?:instrukcj\w*|polecen\w*|pokyn\w*|instrukc\w*|navodil\w*|"
        r"upute|uputstv\w*|utasitas\w*|"
        r"talimat\w*|uputa)\b",
        r"\b(?:talimat\w*|utasitas\w*|komut\w*)~?(?:yok say\w*|gormezden gel\w*|unut|hagyd|felejtsd)\b",
        r"\b(?:αγνοησ\w*|ξεχασ\w*)~?(?:οδηγι\w*|εντολ\w*)",
        # Russian, Ukrainian, Bulgarian
        r"(?:игнориру\w*|проигнориру\w*|забудь\w*|ігноруй\w*|забудь\w*|игнорирай\w*|"
        r"не обращай внимания)~?(?:инструкц\w*|указани\w*|"
        r"правил\w*|інструкц\w*|вказівк\w*|команд\w*|промпт\w*)",
        r"(?:поставь\w*|оцени\w*|дай\w*|постав\w*|выстави\w*)~?(?:максимальн\w*|высш\w*|наивысш\w*|"
        r"полный балл|отлично|100|максимум)",
        # Arabic, Hebrew, Persian, Hindi
        r"(?:تجاهل|تجاهلي|انس|اهمل)~?(?:\S{0,3}تعليمات\S*|\S{0,3}اوامر\S*|\S{0,3}أوامر\S*)",
        r"(?:התעלם|התעלמי|התעלמו|שכח)~?(?:\S?הוראות\S*|\S?הנחיות\S*)",
        r"(?:دستور\S*|دستورالعمل\S*)~?(?:نادیده|فراموش)",
        r"(?:निर्देश\S*)~?(?:अनदेखा|नज़रअंदाज़|भूल)",
        # Indonesian, Vietnamese
        r"\b(?:abaikan|lupakan)~?(?:instruksi|perintah|petunjuk)\b|\bbo qua~?(?:huong dan|chi dan|lenh)\b",
    )
)
# Languages without spaces come folded letter by letter.
_JOINED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:忽略|无视|無視|忘记|忘記|不要理会|不要管).{0,15}(?:指令|指示|说明|說明|提示|规则|規則|要求|命令)",
        r"(?:指示|命令|プロンプト|ルール|指令|説明).{0,12}(?:無視|忘れ|むし)",
        r"(?:给|給|打|评|評).{0,12}(?:满分|滿分|最高分|最高等级|100分|通过|及格)",
        r"(?:満点|最高点|最高評価|合格).{0,10}(?:つけ|与え|ください|下さい|して)",
        r"(?:지시|명령|프롬프트|지침|규칙).{0,14}(?:무시|잊어)|만점.{0,10}(?:주|부여)",
        r"(?:ไม่ต้องสนใจ|ละเว้น|เพิกเฉย).{0,20}(?:คำสั่ง|คำแนะนำ)",
    )
)
# As typed: what programs read.
_TYPED = tuple(
    re.compile(pattern)
    for pattern in (
        r"<\|{0,1}(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|{0,1}>|"
        r"\[/?INST\]|<</?SYS>>",
        r"(?i)</?\s{0,3}(?:system|instructions?|prompt|assistant|user|student[_-]?(?:answer|text)|answer|"
        r"submission|rubric|"
        r"grade[r]?|verdict|score|evaluation|untrusted[^>]{0,20}|data)\s{0,3}/?>",
        r"(?im)^[ \t#>*_`\[(-]{0,10}(?:system|assistant|developer|user|human|ai|grader|admin|evaluator|"
        r"examiner)\s{0,2}(?:\]|\))?\s{0,2}[:：]",
        r"(?im)^[ \t]{0,5}#{1,6}[ \t]{0,3}(?:system|instructions?|new task|response|assistant|verdict|"
        r"grading|evaluation|output)\b",
        r"(?i)[\"']?\b(?:score|scores|grade|level|levels|adequate|is_adequate|verdict|pass|passed|mark|marks|"
        r"points|result|rating|"
        r"auto_pass|p_adequate|decision|label|criteria)[\"']\s{0,3}:\s{0,3}(?:[\"'\[{]|\d|true|false)",
        r"(?im)^[ \t]{0,8}[\"'*_-]{0,3}[ \t]{0,3}(?:score|grade|overall|final (?:score|grade|mark|level)|"
        r"verdict|total|result|adequate|rating|"
        r"decision|passed?|evidence|position|perspective|practice|next_step|other_cause|test|"
        r"measure)[\"'*_]{0,3}\s{0,3}[:=]\s{0,3}"
        r"[\"'*_]{0,3}(?:\d{1,3}(?:\s{0,2}(?:/|of|out of)\s{0,2}\d{1,3})?|true|pass(?:ed)?|yes|full|"
        r"max\w{0,6}|adequate|found|met|a\+?|"
        r"excellent|level \d)[\"'*_]{0,3}\s{0,3}[,.;]?\s{0,3}$",
        r"(?i)\b(?:import os|__import__|eval\(|exec\(|os\.system|subprocess|drop table|union select|"
        r"or 1\s?=\s?1|javascript:|onerror\s?=)|<script\b",
        r"\{\{[^{}]{0,60}\}\}|\{%[^{}]{0,60}%\}|\$\{[^{}]{0,60}\}",
        r"(?i)data:[a-z]{2,15}/[a-z.+-]{2,30}(?:;[a-z0-9=-]{1,20}){0,3},|(?:%[0-9a-f]{2}){8}|"
        r"(?:\\u[0-9a-f]{4}){4}|(?:\\x[0-9a-f]{2}){6}",
        r"\b(?=[A-Za-z0-9+/]{0,200}[0-9+/])(?=[A-Za-z0-9+/]{0,200}[a-z])(?=[A-Za-z0-9+/]{0,200}[A-Z])[A-Za-z0-9+/]{40,}={0,2}",
        r"\b(?:[0-9a-f]{2}[ :]?){24,}\b|\b(?:[01]{8}\s?){6,}",
    )
)
# I g n o r e  a l l: letters set apart, which people read and programs do not.
_APART = re.compile(r"(?<!\w)(?:\w[ .\-_*|/]{1,3}){7,}\w(?!\w)")


def to_a_machine(raw: str, text: str) -> tuple[tuple[tuple[int, int], ...], int]:
    """Stretches of the raw text that speak to a machine, and how many patterns found something at all."""
    stretches = [found.span() for pattern in _TYPED if (found := pattern.search(raw))]
    folded = fold(text)
    others = sum(pattern.search(folded) is not None for pattern in _FOLDED)
    others += sum(pattern.search(_joined(folded)) is not None for pattern in _JOINED)
    others += _set_apart(text)
    return tuple(stretches), len(stretches) + others


def _joined(folded: str) -> str:
    return "" if folded.isascii() else folded.replace(" ", "")


def _set_apart(text: str) -> bool:
    return any(_says_a_word(found[0]) for found in _APART.finditer(text))


def _says_a_word(stretch: str) -> bool:
    # Lists of options come in order, a telephone number has no letters.
    letters = [c for c in stretch if c.isalpha()]
    in_order = sum(second > first for first, second in pairwise(letters))
    return len(letters) > 7 and in_order < 0.8 * len(letters)
