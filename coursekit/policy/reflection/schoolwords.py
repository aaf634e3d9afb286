"""Words that are common when teachers write about school; a case's own words are the others.

Made by training/school_words.py from CEReD (Štefánik and Nehyba; Apache-2.0, see textmodels/data/NOTICE-CEReD).
"""

_WORDS = """
a aback ability able about above absolute absolutely accept accompanying according account achieve acquainted
across active actively activities activity actually adapt add added addition adhd admire admit advance
advantage advice advise advised affect affected afford afraid after afternoon again against age ago agree
agreed agreement ahead aids all allow allowed almost alone already also although always am among an analyze
and anger angry announced annoyed annoying another answer answered answers any anymore anyone anything anyway
apart apologize appear apply appreciate appreciated approach appropriate are argue arises around arranged
arrived art as ask asked asking asks assigned assignment assignments assistant assistants at atmosphere attend
attended attention attitude attract attractive authority average avoid awaited aware away b back bad badly
based basic basically be beautiful because become been before began beginning behave behaved behavior behind
being believe bell bench benches beneficial benefit best better between big biggest bit blackboard board body
book books bored boring both bother bothered bothers boy boys break breaks breath bring brings brno brought
build building but by cabinet calculate call called calm calmer calming calmly came can cannot care career
careful carried case cases catch categories caught cause caused certain certainly chair challenge challenging
chance change changed changes charge check checked chemistry child children choice choose chose circle citizen
civic civics class classes classic classmate classmates classroom classrooms clear clearly climate clock close
closer coffee colleague colleagues color come comes comfortable coming comment common communicate communicated
communication communicative compare compared comparison competition complain complete completed completely
completing complex complicated computer concerned conclusion conditions confidence confirmed confused connect
connected connection consider considered constant constantly contact content context continue continued
contrary control conversation conversations convinced cool cooperate cooperated cooperation copy correct
corrected correction correctly correspond corridors could count counted course crayons crazy create created
creation creative creativity curious current curriculum cut czech d dance dare data day days deal dealing
dealt debate decided definitely degree deliberately demanding demands department deputy describe described
description desire desk despite detail develop development diary dictate did didactics difference differences
different differently difficult direct direction directly director disappointed discipline disciplined discuss
discussed discussing discussion disorder disorders disturb disturbed disturbing divide divided do doctor does
doing done door down draw drawing dream drew due during each easier easily easy education educational educator
effect effective effort eighth eights either elementary elements else embarrassed emotions encounter
encountered end energy engage english enjoy enjoyed enough enrollment enter entered entertain entertained
enthusiasm entirely entrance entry environment especially etc evaluate evaluated evaluation even event
eventually ever every everyone everything exactly exam example examples exams excellent except excited
exercise exercises expect expectations expected experience experienced experiences explain explained
explaining explanation express expression expressions extra extremely eye eyes face fact facts faculty failed
failure fair far fast faster fault favorite fear feedback feel feeling feelings fell felt few field fifth
figure final finally find finding fine finish finished first fit five fives fix fixed focus focused follow
followed following follows food for force forced foreign forget forgot form former fortunately forward found
four free freedom french friday friend friendly friends from front frontal fulfill full fully fun funny
further future game games gave general geography german get getting girl girls give given gives giving glad go
goal goals god goes going good got grade graders grades gradually grammar grateful great group groups guess
had half hallway hand handed handle hands happen happened happening happy hard harder has have having he head
health hear heard hearing hearings heart hell help helped helpful helping her here herself high him himself
his history home homework honestly hope hospitalized hour hours how however huge i idea ideal ideas ie if ifka
ill imaginary imagine immediately important impression impressions improve improved improvisation improvise in
inappropriate include included inclusion incredibly independent independently indiscipline individual
individuals information informed initial inspiration inspired instead instructions interactive interest
interested interesting interfere intern internet internship internships interpretation into introduce
introduced introduction introductory invent involve involved involvement is issue it its itself job joy judge
just ka keep kept kids kind knew know knowing knowledge known knows lack lacked lady language large last
lasted late later laugh laughed lead leads learn learned learning least leave leaves leaving led left less
lesson lessons let letters level life like liked likes limit listen listened listening literature little live
lively lives long longer look looked looking looks lose lost lot loud love lower lucky lunch made main mainly
majority make makes making man manage managed management many map mark marks master material materials math
mathematics matter may maybe me mean meaning means meant meantime meet meeting memory mental mentally mention
mentioned mess met method methods middle might mind minor minute minutes miss missing mistake mistakes mixed
model modern moment moments monday month months mood more morning most mostly mother motivate motivated
motivating motivation move moved mr mrs much music must my myself name names natural naturally necessary need
needed needs negative nervous nervousness never nevertheless new next nice nicely night nine ninth no noise
noisy none normal normally north not note notebook notebooks notes nothing notice noticed now number numbers
observation observations observe observed obvious obviously occur occurred occurs october of off offer offered
office often okay old older on once one ones only open opinion opinions opportunity opposite or oral order
ordinary original originally other others otherwise our ourselves out outside ov over overall overview own p
pace page paid pairs paper papers parents part pass past patience pay paying peace pedagogical pedagogy people
perceive perfect perfectly performance performed perhaps period person personal personality personally
perspective phone physical physics picture pictures pity place placed plan planned planning play played
pleasant pleasantly please pleased plus point pointed points poor position positive positively possibility
possible power practical practice practiced practicing praise praised precisely prefer preparation
preparations prepare prepared preparing presence present presentation presentations pretty previous primary
principal principle print probably problem problematic problems procedure process profession program progress
project projector projects promised properly punish punishment pupil pupils purpose put quality question
questions quickly quiet quietly quite quiz raise ran rang rather react reacted reaction read reading ready
real reality realize realized really reason reassured receive received record reflect reflection reflective
refused regular regularly related relationship relationships relatively relaxed remarks remember remembered
repeat repeated repeating repetition replied report reported reprimand reprimanded republic respect respond
responded responsibility rest result results return returned rid right ringing role room rude rules run
running russian sad said same sat satisfied saw say saying says scared schedule school schools science second
secondary see seem seemed seems seen semester seminar sense sent sentence sentences separate september
seriously set sevens seventh several she shocked short shortcomings should shout shouted shouting show showed
showing sick side signed significant significantly silence silent similar simple simply since sincerely sing
singing single sit sitting situation situations six sixth slight slightly slow slower slowly small smaller
smart smile so social solution solve solved solving some somehow someone something sometimes somewhere song
songs soon sorry sound space speak speaking special specific specifically speech spend spent spontaneous staff
stand standard standing start started starting starts state stay step stick still stood stop stopped story
strange strict strong struck structure stuck student students studied studies study stupid style subject
subjects subsequently substance substitute succeed success successful such suddenly sufficient suggested suit
suitable supervision support supposed sure surprise surprised surprisingly system table take taken takes
taking talk talked talking tandem task tasks taste taught teach teacher teachers teaches teaching team
technique technology tell telling tells ten tense terms terrible terribly test testing tests text textbook
textbooks than thanked thanks that the their them theme themselves then theoretical there therefore these they
thing things think thinking third this those though thought thoughts three threw through throughout throw
throwing thursday thus ti time times tips tired to today together toilet told too took topic topics total
towards trainee training transfer treat tried tries trip trouble true trust truth try trying turn turned twice
two type u uncomfortable under understand understanding understood unfortunately university unknown unless
unnecessarily unnecessary unpleasant until up upset us use used useful useless uses using usual usually value
various verb verbs very video videos view visit vocabulary voice vv wait waited waiting wake walk walked want
wanted wants warned was watch watched watching water way ways we weaker week weeks well went were what
whatever when where whether which while who whole whom why will willing window with within without wonder
wondered wondering word words work workbook worked working works worksheet worksheets workshops world worried
worries worry worse worst worth would write writes writing written wrong wrote yeah year years yes yet you
young your
"""
SCHOOL_WORDS = frozenset(_WORDS.split())
