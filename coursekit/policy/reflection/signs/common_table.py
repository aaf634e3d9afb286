"""Stems of words by how often (at least) they stand in some 5,000 sentences of teachers' journals.

Counted in CEReD's English training sentences (Apache-2.0; training/cered has the notice) by
training/word_order.py.
"""

from __future__ import annotations

STEMS = {
    1: """
aaand aadur aahow aainstruct aako aand aanice aatak aateach aathe aatry aaund aawhat abandon abc aber abroad
absence absolutism abstinence absurd academic accent acceptable acces accessible accident accidental
acclimatization accommodate accompaniment accomplice accomplish accordance accountable accumulat accuracy
accus accustom achievement acome acquaintanc acquir actionful adam adequacy adher adhere adherence
adjustment administer administration admir admiration admission adopt advantag adventure advisory aek affair
aforemention african afterward aged agenda aggression aggressive agriculture ailment air ait ajakub ako
alcohol alenka algebraic alien alike alleged alleviate allott allusion alternat alternativ alternative
altitude amazement ambiguity ambition ambitiou ambulance amuse anal angl angle animation anniversary
announce annual anonymity anonymou antarctica anthem anthropology antibiotic anticipat anticipate
anticipation antiquity anxiety anxiou aopen apathetic appall apparition appeal appearance appl applaud
applause apple applicable appointment apprehensive apprentice approbation approv apt aquarium arab arabic
arbeitsblatt arbitrari architecture argu arise arisen arm armor arouse arrive arrogant arrow artistic ascend
ash askillful asleep ass assembl assertive assess assessment asset assistance assistantship association
assume assumption assur athlet athlete atlas ato atomic attach attempt attendance attitud attitudea
attraction attribute atypical audacity audience audiovisual audition auf aunt austere australia austria
authentication authoritative automatic autumn avanger aversion avignon awaken awkward axi bach background
backpack backseat bag balanc balance ballast balloon balm bamboo banana barefoot bargain base bassoon
bastard bath bathroom battlefield bean bearable beast begg beginning believ believer bent bera
berufsorientierungswoche besid bet beware beyond bible biblical bingo biologist biology birthday bite
blacken blank blansko blew blind blink blonde blood blow blue blunt blush bmi boastful boban bohemian bold
bolognese bond bonu bonzak boost bord border boredom born bottl bottom bought bounce bound boundary bowel
brag bragg brain brainstorm branch brave brazen breakdown breakfast breathe bright brighten brimm broad
broke broth brother brows browse bruno brush bubble bug bul bullshit bump burden bureaucracy burgetova burnt
bustle buta button bye bystrc cafe cage calculation calendar canada canal candidat canon capable captivat
captivate captur careles carpent cat catastrophe catastrophic cave celebrat celebration cell cellular censor
centenary centimeter certainty certificate chain chalk champion chant chapt charact characteristic charcoal
charm chase che cheer cheerful chemical ches chicken chige childhood childish chimney chinchilla chirp chore
choreography christian christianity chronological chunk church circu circuit circulation citation
citizenship clarification clarify clarity clash clasp classify claus clevernes click climatic climb cling
clog closest closet clown clueles cocoa cod code coercion coherent coin coincid collage collaps college
colorful column combin comeniu comic comma commandment commotion communism community commut companion
comparative compassion competenc competence competency competent competitive competitivenes compil compile
complaint complementary completion complexity complication composer comprehensible comprehension
comprehensive compromise compulsory compute computer con conceiv conceptual concession concise confess
confide confirmation conjur conjure conscientious consciou consequenc consistency consistent consonant
constantine constraint constructive container contemplation contemporary contempt contemptuou contradictory
contribut contribute controversial convenienc cooperative coordinate cope copyright cord core corporate
corps correctnes costum costume cough counsel counselor court cover covert cramfleck cramp crash crawl
crayfish credit criteria criterion critical criticism criticiz criticize croatia crook crowd crush csi
cucfleka cuisine culminat culmination cultural culture cup curiosity curs curve customary cute cutt cycl
czechoslovakia czk dad daily dali damn dampen danc dang dar daredevil dark darknes daruvar dash david dead
deadlin deadline deaf decad decal decency decimal deciph decline decoration decreas dedicat dedicate deduce
deductible deed defense defin definition dek delet deliv demeanor demonstrat demonstrate demonstrative
demotivate den deni denominator depression depth deriv derive descend desecrate desert deserv deserve
desirable despis dessert destroy det detachment determination deutschspra devastat developmental deviate
deviation devil devis diagnostic diagonal diagram dialect dialogical dialogue diametrical diamond died
dietary diff differ dig dilemma diligent dimension din dipp directiv dirty dis disabl disagreement
disciplined discount discov discover discretion diseas disgust dish disillusion disintegration disinterest
dislik dislike dismantl disobedient disobey disparity display disposal disproportionate disput dispute
dissatisfi distant distinction distort distraction distribut distribute distribution disturber diverg
diverge diverse diversifi diversification diversion divine divorc doctrine documentary domestic dominika
doorman doorway dot doubtful download downright downside drag dragg dragonf dramatic dramatical dramatiz
dramatization dramatize drawn dres dress dressl dri drill drive drop dropp drought drug drunken dry dua duck
duly dust duty dwell dynamic dynamical dys dysfunction dysgraph dysgraphia dysgraphic dyslexia dyslexic
dysphasia eag eager earli earn easiest east eat ecological economical edg edit editor educat educate
effectivenes egg ehm elaborate elaboration electric electronic elephant eliminat eliminate ema email
embarrassment embodiment emerg emergence emilia empathize empathy emphasiz emphasize emphatic emphatical
empire empirical employment empty encod encyclopedia endles england englishwoman enjoyable enormou
enrichment enroll ensure entail entertainer entertainment enthusiast enthusiastical entic entrust
environmental envy epic epileptic equation equinox equip equipp eras err escap essence essentialist etch
eternal ethic ethical ethiopia ethnicity etud european evacuat everybody everywhere eviaka evident evok
exaggerat exaggeration exalt examine exceed exclusive excursion excuse exet exhale exhilarat exhort exist
exit expell expencive expens experiential explicit export expos exposure expressive extension external
extracurricular extraordinary eyebrow fabric fac facebook facial facilitate facto failur faithful falcon
fallen family fan fantasy fascism fashion fashionab fatal fath fatigue favor favorable fearful feasible
featur february feet fenc fep ferryman festive fifteen fighter filter financial fing finger fingertip fir
fire fish flamba flash flashlight flat flatnes flatter flaunt flaw flawless flexible flight float flock
floorball flow fluctuation flute foam foil fold follower fond font fool foolish foot foral forbade forehead
foresight forest forgave forgett forgive forgivenes formal formality formatt formulate formulation fortifi
fought fourteen fragment france frankish franta freez frenchwoman frequent fresh freshman freshmen friendli
frisbee froze fruit frustrat frustration fte fuck functional fundamental fur futile futurami gabi gallery
garb garden gas gastronomy gat gath gathering gaussian gecko geh generaliz generalization generalize
generator genetic geniu genre gentle gentleman gentlemen genuine geographer geomorphology giggle gilgamesh
gingerbread girlfriend girlsa gis glas glass global gloomy glossary glue golem gone goodwill goofy google
googlte goose gossip gothic gotten gps grabb gradient graduate grant graph gratitude gray greece green
greeting grenze grenzen grew grief grim grin grind grop grown growth grumble grunt guest guinea guitar gulf
gusto gymnastic habit hail hairdresser halfway halloween halv hamper handicapp handkerchief hang happi
happines haras harass harassment hardship harm harmful harsh harvest hat hate hateful haunt header heading
headmast headmistres headphon heavy hectic hedgehog height helmet helper helples helplessnes hen hero
hesitant hesitat hesitation heyrovsky hidden hide hind hire historian historical hitt hive hobby hockey hode
hogwart hollow homeland honzak hood hoof hook hooray hop hopeful hopeles hopelessnes hora horizon horrifi
horror horse hospitator hotel household huddl humanity humiliate humor hundr hundred hundredfold hung
hungarian hunt hurry husovka hydrostatic hygiene hypersensitive iaka icu idealiz identical identifi identity
ideology idyll ifce illnes illumination illustrate illustration illustrator imaginativenes immense immers
immune immunity impact impair impersonal implement implication import impracticality impres impressive
imprint impulsive inactive inadequate inadvertent inattention inattentive incident incom incompetence
incompetent incomplete incomprehensib incomprehensible inconspicuou inconvenience incorporat incorrect
increase increasing indefinite indicat indicative indifferent indiscreet indispensable indisposition
indistinct individuality individualize indulge inefficient inevitab inferiority infinite inflat inflect
inflection influential info informative infus injury inn innovation innovative inquiry inquisitive insane
insecurity insert insidiou insight inspection inspire instagram instigation instinctive institute instruct
insufficient intact integrat integrate integration intelligent intend intensive intentional interact
interconnect interconnection interfer interference interim interjection internal interpersonal interrogation
interruption interspers intersperse interval intervention interwar interwoven intimidat intonation introvert
intrud intuition intuitive invention inventory inverse invest investigation invigorat invitation iron
irregular irrelevant irritat irritation island isolat issu ita item jacket jacob janitor jar jean jehnice
jemine jesu jew jihlava joke josef joseph juchuuu judg judgment juggle june justifi kaenova kahoot kam
kangaroo karel kazakhstan kenya kepler keyboard keychain keyword kick kievan kindnes kinship kitchen kla
knee knock konvalinova kopeana kratochvalova label lamb lamina laminat land languag lapanice laught launch
lawn lax layout laz lazi lazines leaflet leatherette leg legislation legitimate lego lend lengthy lenient
lent less library libya lid lifeles lift lighthouse lily limitation ling lion listing literacy literary lmr
locat location lock locker logg logic lomena london lov lower lowercase lowland lubricat lubricate lucca
luck luxury lying lyric machin madhouse magnesium mainstream maintenance majestic manageable manicure
manifest manipulation mannequin mar maria marijuana marja marka marker marry martina marvel mass match
mathematical matric matura max meal meaning meaningles meanwhile measur mechanical medic medication medicine
medieval medium meeting melt memoriz memorization men mentality menu mere merhaut mesopotamia mess messag
message metaphor methodiu methodology mgr mia microscope midnight migraine migration mileston milka
millimeter million millisecond mineral mini minimum miracl miracle misha misinterpret misl mispronounc
mission misstep misunderstand modal mode moderate moderator modifi modify molecul momentary money monitor
monk monologue monotonou monst moody moral morea mot motif motion motivational movie movy mow mul multiple
multipli multiplication mumbl mumble muscular museum musician mutter mysteriou mythology nad naive naivety
narration narrative national nationality native nausea nauseou nazism nder neck necklac negativ negativity
negotiate nek neruda nerve nervous newspap newt nexta nic nightmare nikl nikol nmgr nobody nod nodd noisi
nomenclature nonsense norm norse northeast nose notation noticeable novemb numerou nun nurse nutrition
nutritional oasi obedience obey obligation obligatory oboe obtain occupation occupi ocean oceania octopus
odd offend offensive official ointment oktoberfest oldest olympiad olympic omission oneself online onset
onslaught openoffice oppos oppose optical optimal optimistic orang organiz organization organizational
originality ornamental orthography oslavany oslavou ostrava oto otto outcom outpost outset outskirt outweigh
overcame overcome overdo overflow overload oversiz overstepp overtake owe owl ownership oxidation oxymoron
ozone pack paddock paemysla pain paleo pallet panick panty paperwork paradise parameter participation partn
passag passionate password paste patient paus pdf pearl pedant pedestal pedf peek peer pencil penetrat
penultimate percent perfectionist performanc performer permission persever persevere persist personnel
pessimistic pet petaak petite petr petrologist petrology petrova phase philosophy phoenix photocopi
photography photomontag photomontage photoshop photosynthesi piano picasso pil pill pillow pimp pin
pinterest piss plain plane planet plant plastic plasticine player playfulnes pleasure plot pluck plugg
plural poj pol politic political polka polynomial polyphony poppy popularity portfolio portray positiv
possessive post poster postpon posture pour powerles powerpoint ppp ppt pptx prague pray prayer
precipitation predetermin predominat preferab preferential prejudic premiere premonition preposition pres
preschooler prescrib press prevent prevention previous priceles pride primal prior priority prism priz
probable proceed product productive professionalism profil prominent promise promising promot prompt pronoun
pronounc properlyj property protagonist protection prov proven proverbial provid proviso provok provoke
psychological public publication publish pupillary purity purposeful pursuit putt pythagora quantity quart
questionnair quill quizz quote rabbit radek radiate radostan railing rain range rapprochement rat ratio
reactivate reader readines realistic realistical reassign reassure rebellion reborn rebuk rebuke recall
recapitulate receipt recharg recip recipe recite reckles recogniz recognizable recommend recommendation
reconcil reconcile reconsid recov recreational recycl recycle redox redraw redrawn ref reflex reformation
refrain refresh refuel refuse regardles reggio regim regime register regulate rehearsal rejoic rejoice
relate relation relaxation relevant relieve reluctance reluctant reminder remove renaissance renata reopen
repeated repetitive replenishment replica reported representation representativ reproach request require
research researcher reservation residence resign resigned resist resolve resonant resort resourc respectable
respectful respons restaurant restles restlessnes restrict restriction retain retest retir retrieval
retrospect reverse revitaliz revive revolt revolution revolve reward rhetoric rhythmic riddle ridiculou
ridiculous rigor rins rip ris rise risen risk robert robot rode rol romanticism rose rosice round route
routine rubble rug ruin rumble rummag runa rus rustl rustle sabotage sacrifice sadd saddl sadnes safe safety
saffron sail saint sake salary salt salvador sarcastic sarcastical satisfaction satisfy sausag sav save
savem saying scald scale scarecrow scary scen scent schauen schedul scheme scienc scissor scope scor scout
scrap scratch script scroll sculptur sea season secret section seifert seizur seizure selection selective
self selfish senior sensible sensitive sensitivity sensory sep separat serve session sett settl settle
settlement severe severity sexual shabby shad shak shap shape shapeles sharpen shatter shift shin shine ship
shirt sho shook shop shopp shown shroud shrug shut shutter shy shynes sideway sight sighting significance
sil silesian simpl simplest simplicity singer singular sink sip sirotkov sirotkova skeleton sketch ski
skilful skillful skin skip skipp sla slack sland sleepy sleeve slide slightest slipp slipper slovakia
smallest sms snag snak snort soak sobb sober socializ society sock socp soil solar sold soldi solid solstic
somewhat somwhere son sophisticat sophomor sore soul soulles sovereign soviet spaghetti spar sparkl spe
speaker specialization specify speechles spell spher sphere spic spin spinn spit sponge spontaneous spoon
spotlight spp sprawl spread spreadsheet sps squeez squint stabb stabiliz stair stalk star startl statement
stateswoman station stature steadi steal steh stencil stereotyp stereotype stereotypical stern stimulat
stimulate stimuli stink stir stock stole stomach store strain stranger strangl strategy street stretch
strictnes strive stroke strongest struggle studio studya stumbl stunn stylistic stylization subjective
submission subordinate subsidy substanc substitut substitution subtext subtitl success suffix suffocate
summariz summarize summon sun sunglass superficial superhuman superior supervise supervisor supl supp
supplement suppose suppres suppress supr surface surge surrealism surrounding surveillance survey survive
suspect sweatshirt sweaty sweetheart swept swift swing symmetry sympathetic sympathiz sympathize sympathy
syntax systematical tabl tableware tactic tactile taeboa tafel tailor talkative tam tame tangerin tangl tap
tape tapp target tast teaching teambuild tear teas techniqu teenag teenage telephone temperam temperament
temperature templat temporari tempt tens tension tent tentative tenth terminology tgm theat thematic thena
theorize therapy theresa thesi thick thin thinkinga thirteen thorough thoughta thousand thrash thre
threshold throat tick ticket tidy tie tied tight tilt timea timetabl timid tiny toil tolerable tolerat
tolerate tone tore torment torture totalitarian tough toy trafalgar traffic tragedy tram trampl trance
transcribe transcript transformation transience transition translate translation transmit treasur tree
tremor trendy trial triangl triangle tribute trick trio triple trivial trolleybu troubl trumpet tuesday tuk
tumbl tune twist tyna uaka uber ubiquitou ubiquity ufff ugh ugly ukraine ukrainian ultimate ultimatum
unacceptable unaddress unannounc unattend unbelievab unbridl uncertainty unchang uncompromis unconventional
uncoordinat underestimat underline understandab undertone underwat underway underwent undesirable
undisciplin uneducable unevennes unexplor unfair unfavorable unfinish ungrateful unhappi unhappy uniform
unimaginable unimportant unintentional uninterest union unique univers universe unjust unlucky unplann
unpreparednes unprofessional unprofessionalism unravel unrealistic unreasonable unschedul unschool unseen
unspecifi unsuitable untidy unusable unusual unvoic unwant unwillingnes upcom uphill upon uppercase upright
urban urchin usa usable uselessnes vacation valid valley valtice valu vanish variety vectorization veganism
vegetabl venco ventilate verifi vers vessel via victory viewership vigorou vigorous violence virtu virtual
vkz volunte volunteer vot vote vying wagon war warm warmth water wave weakest weaknes weakness wealth weight
wet wheelchair wherea whim whin whip whisp whisper whistl white wid wide widespread wildernes wildlife
willing willingnes wind windowsill wine winery winn wint wis wisdom wise withdraw withdrawn woke won wood
worker workflow workmanship workout worldview worsen writer wrongdo yard yawn yellow yesterday yogurt
youngest youth youtube ypsilon zebraic zone zur
""",
    3: """
aapek aback ability abstract abuse accommodat accompani achiev acknowledg acquaint act action activat
activate activation actor additional addres adequate adhd adjectiv adjust admirable admire admitt admonish
adobe adolescent adult advanc advis africa afternoon agreement ahead aim alert alive along aloud alternate
amaz america amount amus analyz analyze ang aniaka animal announc anywhere apart apologiz apologize apology
app apparent application apply appreciat approval approximate area argue argument aris arose arous arrange
arrangement arriv arrival article artist asham aside aspect asperger assist associat associate assum atla
attack attentive attractive author autism autistic automatical available average awful bachelor ball bang
bar basi battle bear beat became becom become bed begin beginner begun behav behavioral belong benevolent
bigg black blame block blond body borrow bos box boycott brat breath brief built bully burn busines busy buy
calculat calculator cancel cantor capture car card carpet carri carry cas category cause cent century
challeng chao chaotic character charg charge cheat choir choos chosen christma circl circle circumstanc
citizen city claim classical classification clean clev climate cloth cloud coffee coincidental cold collect
collective combination combine command commission company compete complement complicat compos composition
compound concentrat concentrate concept conclude concrete condemn conduct confid confidence confident
confiscat confiscate conflict confuse connection consider considerable consist construction consult
consultation consum contain context continuou continuous contract contrast controll converse convert convinc
convince cook cookbook cooperate coordinat cop corn correction correspond cost countles country couple
courage cov crayon crazy cri crisi cros cross crucial cry cuba cut dai dalton dance dare dat data date dealt
debat debate decent decide decision declin deep deepen degree delay deliberate demonstration demotivat
depend depress deputy derail describ describe description design desire despair desperate determin determine
development device devote diagnos dialogu dictat dictate dictation dictionary die difficulty diploma
direction disability disadvantag disadvantage disappear disappointment disast disciplinary discourag
discourage disord disorder disrupt distract disturbance diversify divide division doctor document domino
double doubt drawing dream drew drink drove ear earth economic edge educational educator elsewhere embarrass
emotion emotional emphasi employ encount encourage endure energetic engag engage enrich enrollment ensu ent
enthusiastic entry equal equipment error essay essential establish estimate europe eventual everyday evil
examin examination excel excellent except exception exceptional excessive exemplary exhibition expense
experiment expert express extensive extent factor fail failure fairy fall fami familiar famou fascinat
fastest fault favorit favorite fight figur figure fill film finding firm fiv floor fly folk food force
forgot forgotten format formula formulat foundation fourth fraction freedom freeze french frighten function
furthermore gap gend generation geographical gestur gift glance glu god golden goodbye graduat graduation
grammatical graphic grasp grave greatest ground grow guess guid guidance guide guy gym hair hall hallway
handl handy hardest hardwork healthy heat held helpful hesitate hid hint hit hold holiday honor honza
hospital hospitaliz hospitalization hot human humiliat hurt husova ifka ignor ill illusion illustrative imag
image imagin imaginary imagination importance impossible impress improv improvement improvis improvisation
improvise inclin include inclusive increas incredib incredible inde independence indicate indiscipline
influenc influence initial insecure inside insist instrument intense intention interception
interdisciplinary interfere interpret interven interview intrigu introduction invit involvement issue ivp
jakub january jerk join joint jok journey joy judge jump justify key kill kindergarten laboratory laptop
larg law lay leadership lectur lecture legal lett letter leverage lie lifelong lin line link list literal
load local log logical los loud love lucka lunch maa machine maintain major majority man management mann map
march marginal martin mas masaryk mast master matter maximum meaningful meant media memb member merg michal
microsoft mild mine minimal minor minu mis mistaken mobile modern mom moravia moreov mountain mouth movement
mrs musical mutual nature naughty near neglect neighbor neith network neutral nevertheles night nin nine
nipple nor north noun nowaday nowhere number object objective occasional octob okay omit ongo operation
option optional oral order ordinary organize ourselv outdat outline output overlook overview overwhelm pace
pag page paid paradoxical parallel partial participat participate particular party pass passive patience
pattern pavel pedagogue pedagogy pen penalty per perceiv perception permanent personality perspective
persuade phenomenon phon phone photo photograph phras pick piece pink pity playful please poem poison polite
poor popp popular position possib possibility potential pow preced predicate pref prefer preferr pressure
pretend prevail primari principle private pro problematic proce procedur process professional professor
program progres projection projector prop proper propos proposal protest proud proverb provide psychologist
puberty pull pure purpose push quarter quiz quot rais random rare rate raw reach reasonable reassur
recapitulation receive recent reckon recognize record red reduc reflective refus regard region regional
regret rehears reject relat relief reliev religion rely remain remark repair replac replace repli represent
representative republic reputation requir requirement reserv resistance resolv resp respective response
responsible reveal review rewrite rhythm rid roar roll row rude rule runn rush russian sampl sample sang
scatter scenario scene scold screen search seat secondary semester send sens sent septemb seriou serious
serv sery shake shame shar share sheet shortcom shortcoming shorten sick sid silent sincere single skill
sleep slept slip smell smil smooth soft sometime sort south spirit spoke spontaneou sport spot spr spu staff
stage stamp standard stat state stepp stick straight strang strength strengthen strenuou stres stress
stressful strik strike struck structur struggl stuck studi stuff styl submit subsid substitute succe succeed
suff suffer suggestion sum summary sung supervis supervision supplementary supply surprising surviv swear
sweat switch syllabu syndrome table tag tale talent tall taste technical technique technology teenager tend
terrifi theme theoretical theory thirty threat threaten threw thrill throughout tip title toilet tomorrow
tongue tool top torn touch track traditional trainee transf translat trash travel trend tribal trip trouble
trust truth tutor twenty twice typ typical unable unbearable unbelievable uncertain uncomfortable
understandable unit unknown unles unlike unmanageable unnecessari unnecessary unpopular unru unsure upbring
useful useles vaa vain valuable value variant vast ventilat verbal versa vice village visible visual
vocabulary vocal vocational voic volume voluntari vulgar wake wall wash waste wat wav wax wear weath
wednesday weekend weird welcom welcome whatev whenev whiteboard whoev whose wild win window wing wish
witness woman women wonderful workshop worth yeah yell zero
""",
    10: """
above absolute accept account achieve acros adapt add address advance advantage advice advise affect afford
against age ago agree aid allow alone among angry annoy anymore anyone anyway appear appreciate appropriate
arrang assign assignment atmosphere attitude attract authority avoid await aware bas basic basical beautiful
behave behind believe bell beneficial benefit between biggest blackboard book bother bring brno brought
build cabinet calculate cannot careful catch caught caus chair challenge chance check chemistry choice
choose civic classic classmate clock clos close colleagu colleague color comfortable comment common
communicat communicate communication communicative compar compare comparison competition complain complex
comput concern conclusion condition confirm confus connect consid contact content continu continue contrary
control conversation cool cooperat cooperation copy corridor count creat create creation creative creativity
curiou current decid demand department desk despite detail develop devot diary didactic differenc difference
direct director disappoint disciplin discipline divid door draw easy effect effective effort eight element
encounter encourag energy enter entertain enthusiasm entire entrance environment evaluat evaluate evaluation
event ever exam exampl excit exercise exhaust expectation explanation expres expression extra extreme eye
face faculty fair fast fear fell field fifth fine finish fit five fix focu focus forc foreign forget
fortunate four friday friend frontal ful fulfill full funny furth gain gam game general geography gett giv
goal goe grader gradual grateful greet gues handle hav health hear heard hearing heart hell herself himself
homework honest huge ideal imagine impression improve inappropriate includ inclusion independent inform
inspir inspiration instead instruction interactive intern internet interrupt introduc introduce introductory
invent involve its itself kept kid known lack lady large lat late laugh leav led light limit literature liv
live lose lost low lucky mak manage mark math mathematic matt meantime meet memory mental mention mes met
middle might mind minute miss mistak mistake mix model monday month mood morn moth motivat motivate
motivation mov move nam name necessary nervousnes noise noisy none note notice observ observation observe
obviou obvious occur offer office old once open opposite original otherwise outside paint pair paper pas
past peace pedagogical perceive perfect perform performance period person physic physical pictur picture
plac pleas plu practic practical prais praise precise presence pretty principal print procedure proces
promis punish punishment quality quick quiet raise ran rang reaction reality reason receiv reflect
reflection regular relationship relative relax remember remind repetition reprimand respond responsibility
return ring role room rul run sad satisfi saw scar schedule science scream seen select seminar sense sentenc
separate set seven shock short side sign significant silence similar simp simple six sixth slight smart
smile social solution solv solve somewhere song soon sound space specific specifical speech spend stay step
stood stop stopp story strange strict strong structure stupid subsequent substance succes successful sudden
sufficient suggest suit suitable support surprise system taken tandem team ten tense term terrib terrible
text third throw thu thursday tir total toward train treat true type und understood university unpleasant
upset using verb view visit warn weak whom within wond workbook worksheet world worri worry worse worst yes
young your
""",
    30: """
accord active actual addition admit afraid again agre almost although answ answer any anyth approach around
art assistant attend attention away back bad been before began behavior being bench best big bit board bor
both break call calm care case certain chang change child chose classmat clear com come complet constant
correct course curriculum czech deal definite difficult discus discuss discussion disturb doe doing done
down due easi education eighth eith elementary else english enough especial etc every everyone exact example
exercis expect experienc experience explain far feedback feeling felt final find follow form forward found
free front fun future gave german girl give given glad going got grad grammar half happen happy hard head
here high history home hope idea immediate important individual information interpretation involv job keep
kind knew knowledge language lead least leave left les let level life lik long made main make manag many
material may maybe mean method minut moment music must natural negative nervou nev new nice ninth normal
notebook noth notic numb occurr off often opinion opportunity ord other our over overall pap parent part pay
people perhap personal place plan plann play pleasant point positive possible prepar preparation prepare
present presentation previou primary profession project put rath react read ready realiz realize rememb
repeat report respect rest result right said sat seem semest sentence seventh several shout show since sing
sit sitt slow small somehow someone sometim sorry speak special spent stand study style subject suppos sure
tak task taught tell test textbook thank themselv therefore those though three through tim today togeth too
turn understand unfortunate until use used usual variou video voice wait walk watch wheth while without
wonder word writ written wrong wrote yet
""",
    100: """
able about accompany activity aft all already also alway and anoth are ask because beginn bett boy but came
can children clas class classroom complete could day did different dur each end enjoy even everyth fact feel
few first for from get good grade great group had hand has have help her him his hour how howev interest
internship into just know last learn lesson like listen little look lot more most much myself need next not
now one only oth out own practice probab problem pupil question quite real same say school second see she
should situation some someth start still student such surpris take talk teach teacher than that the their
them then there these they thi thing think thought time told took topic tri try two very want was way week
well went were what when where which who whole why will with work would write year you
""",
}
