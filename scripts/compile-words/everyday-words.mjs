/** What the rules of everyday.mjs cannot tell. Read and pruned by hand; every list is checked to be needed when it is compiled. */

/** Most frequent visible sense, yet no sensible tag of a photo: another meaning comes to mind first, or nothing is seen of it. */
export const EXCLUDED = new Set(`
down young entire tom female giant queen male virus mount adult humans beef argentine hide pet rod bacteria brent dug rudd gastropod das
stray drone slater molly fitch horseback fetus sow feeder pinto stifle ridley reeve spawn hind salmonella mina snout muzzle bot clegg dun
coney brill pathogen merle guan ani liza lotte pacer charger carcass passerine bruin arista trotter cochin agua ephemeral withers piggy
carrion daw jaeger steed asp bacillus microbe nymph drosophila plasmodium forewing mademoiselle mavis recombinant hominid operculum grub palfrey
chlorophyll staphylococcus margate goldeneye carapace nematode purebred flathead botulinum broodmare largemouth ern streptococcus looper
stocker simian feist phage listeria vertebrate invertebrate equine bovine parasite larva fox-terrier process swine colt mutt pup possum
longhorn tetra merino chrysalis rhesus conger firebird beluga mustang bantam filly gelding roebuck springbok beak gnu
produce mix alcohol feed treat bitter provisions marc murphy diet spirits dressing organs generic vintage sour topping crisp blanc sage patty gum
dietary eats baba windfall herbal cordial duff kosher edible stuffing brew tuck cling garnish saute coloring shortening brittle marge roux seasoning
ration farina tonic puree glaze rickey mulligan sling marinade gluten bock jak grist halal bleu ade potion sweetener stover rind perishable
sugarloaf fryer arak refreshment varietal vegetarianism cud offal oreo delicatessen trifle mayo hash bean-curd citron shank mince tuna-fish canola
curd fizz brittle takeout leftovers rusk entree appetizer course alcohol-free gin rum
annual simple falls seed shoot rape root sang marijuana chess glad tung heath blade perennial aquatic bark fuji hoya benny napa cheat clocks veronica
biennial mei thrift ornamental climber mum bittersweet milo samba erica poke senna coco medic daphne stipe pia trumpets kali bennet nutshell cassie
lucerne snowball zaman acumen samara iva ramona calypso gemma everlasting blackwood cultivar cortina boll marri oca miro spore andromeda angelique
soma ephedra goldfields neophyte ponderosa inga balata mung balsam manna sulla kutch tipu artemisia rozelle elmwood testa poon mariposa clary
hepatic reseda croton candida hazelwood mangold galea columbo japonica succulent kernel deadwood bloomer flamboyant stump-work tupelo
rosewood rowan buckeye campion spelt arum columbine lupin bluegrass hawthorn mesquite palmyra legume
can well still local john office central round total working match short key lower art drug works stocks internet original recording cross block camp
overall limited felt ways product mike spoke afghan technical facing cell surface airline die electric links classic jean export output trim link
circuit rail representation chamber device counter rooms stable landing map remote settle arsenal chip empty fax tape quarters bars jimmy print
implement terminal automatic wire tool reverse derby switch asylum max shelter sole explosive mac colors graphic portfolio boards vaccine footage
hanging starter stern wicket haven junction holder segment instrument pocket hardware stopping hub mart stronghold brad spare bones fake inspiration
soundtrack mini trigger innovation pharmaceutical rouge mortar layer compact casting bolster shook bow heroin pale combine stays grab cure cake
kohl container stole telegraph flagship kirk wreckage wrap wash workplace forge backdrop portable interface prop dose plug tore acoustic dive
commuter archive trump outlet lining rein sights vault butt brakes rig remake clarence garner regulator hank blockbuster filter shooter cord
foil interchange seizing portal fixture modeling marker preventive apparatus dial ingredient cleaner capsule stein warmer downer nude cache mold
obstruction partition thwart kris brace botanical cameo pullback wrapping mend cote rails attachment patten equatorial siding counterfeit
gig telex standby annex bracing coping trapping metallic xerox follow-up equalizer disposable android override nickelodeon tails peripheral ware
trivia sacking wiring rotary dolly tam overlapping gearing choke vent serge gunpoint weeds workings armament coating fore aba enclosure skid
accessory scourge threads instrumentation antiquity relic antibiotic tun perch bender repository implant taping placebo condom radial reset traverse
voodoo spin-off panzer aspirin magnum manifold fluorescent tidy braces cleaners livery cloak corrective contraband digs interceptor conduit plummet coil
shay slit grapple cuff pontifical coupling seam hermitage milling dope tammy kat cords weave modernism stimulant catchment microprocessor grotesque
morphine truss dickey brothel trappings detour additive antidote improvisation scuttle ethernet bethel opium cocaine hashish bundle repertory
computer-network colours paisley opiate facility block bath technical package transport transportation housing office architecture equipment
stocks commodity structure artifact product transit headquarters ministry central surface output pharmaceutical drug medicine dose card
sole holder foil-fencing video photo photograph recorder recording local base buffet follow plumbing ordnance shell timer serge shrapnel
seizing cradle-song casing panel trunk ward portion laboratory-coat launch gear link pump rod gauge parlor farm-building footwear-box hardcover
arms miller surgery mine defence satellite forum drove striker khan covering capitol nick terry wireless audio turner graphics turnout mounting reed disc
refuge till diesel load favour hull trainer screening depot partisan tribune rings backup coca bailey ottoman grid icon header server broadcaster
semiconductor tier staging idol marseille harbour trash coke merchandise medication turnaround oracle ulster tucker terminus rapper accommodation
spinner desktop module torpedo pave mack surrey clout sideline hogan jumper atlas superman constituent disco chevron setup covert cornerstone
laundry transmitter chassis coaster conservatory paving replica bracket emblem dynamo membrane tandem rocker stoppage lodging crossover shades
cyberspace cosmetic cam laurel madras depiction gem ark stalls cutter booster cue lame iris clone muller cannabis sham dwelling stave tab dixie
containment newsroom arbor lookout birch rounder reformer limelight forgery storey node mainstay quad bullion lifeline flagging decker sticker
cordon foothold breaker bur domino glossy motif font pawn stringer piling grange ticking gel ensign rarity cutoff baritone stacks louvre raceway
accelerator equaliser connector dummy panorama steamer buzzer pod panhandle kern malacca hotbed ignition keystone smoker bard bladder
singleton nap gimmick fibre incendiary crank seine rubbing kingpin attache lander rep jock linkage chesterfield perpendicular flak mufti landau latex
silesia brainchild carrefour socket trey aperture constraint gage impediment mailer bandwagon narcotic drier sable lancet pique nuke
newmarket converter peacekeeper smoother motley byproduct depository ticker ballast montage troika zodiac multiplex steeper stitch transformer
credence judas coulter argyle mainframe castor spar pixel blower finder bootleg portage binder contraceptive dandy echelon polyester welt
tiller maxi pacemaker shambles figurehead spoiler blocker snuff erection confessional tester chancery teaser gunnery bombshell shoring preventative
paraphernalia ratchet deuce stripper filler strobe breather laver transporter cusp hone starboard capote whitewash showpiece materiel audiotape
mending antiviral lister smelter ether afterthought acrylic nook creamer hotspot compressor dubbing kylie microchip moulin circuitry veneer
quadrangle selector argyll quadrant audiovisual knuckles electrode cathode padding presidio iconography sectional privateer antidepressant
entrant chino hindrance humanoid gulag gamba painkiller throughput stopper hypnotic sheeting anesthetic damper router bulwark garibaldi crepe busby
duplex kamikaze clarion superstructure stabilizer counterweight bazar escarpment amphetamine plenum astrodome methadone substation backroom
clockwork lyceum dray kitsch alum jag retrenchment ventilator tabor airframe cantonment changer acetate dag predictor reflector undercarriage
regalia checker joss heraldry scum fetish stoker airway dragnet toner linchpin gad remaking shingle deanery delft bombard facsimile broiler cog chum
blazon furnishing scrabble hypo stylus penicillin chancellery panacea minesweeper wellpoint pic pusher batiste mantua parlour racquet cursor
guildhall morgue brig consulate embassy plant mall semi walker kremlin airbus loo flats rib heel tablet hose bunk bonnet saloon stretcher bumper
jigsaw spa audio forage cartridge compartment furlough diagram generator graphics machinery trailer reactor radar sensor pipeline artillery
ammunition bullet barometer aqueduct-bridge plywood mouthpiece netting hopper sheath stent supercomputer cordage collectible organiser
lodgings duplication distaff pool clothing garment attire materiel footwear-shop compound dressing-room module refinery mound turnpike penitentiary
derelict modem microphone-stand axle gearbox piston rafter crossbar springboard simulator implement croft fishery orphanage priory
masonry blueprint videotape cassette lance barge-pole gallows noose syringe catheter incubator respirator sonar throttle rotor slab
martin jack emperor sierra guinea billy admiral hybrid hart ai amazon stint weaver fin cisco gill jenny drake wheeler barker racer doe mankind pollock
ling roe quarry kitty predator maverick armour thoroughbred chow spat shire roach mara sawyer bunny embryo springer nanny diver fang pest pollard mole
bellwether pointer bongo kiwi tusk hogg finisher dobson merlin whistler bacterium viceroy siren brit sitter fluke rook chinook ala bronco slider
adjutant phoebe nit whiting ruff argus setter hackney siphon char parr cairn harrier thrasher triton nutcracker hydra herpes hanuman stinger yolk
cirrus workhorse cyclops sweeper medusa grenadier thorax cob vane milt comma angler solitaire borer shiner loin redhead grampus capuchin vixen
yearling roan coronet vermin winkle whisker porgy mollie staph chlamydia darter fossa dory phytoplankton plankton smelt titi genet quill tail egg
skate canine carnivore moa mammal bivalve mollusk dug watchdog brant thoroughbred bluefin humpback flipper talon hoof claw cayman
must centre geneva perry collins charlotte cole greens timothy nutrition bologna chile bartlett undercut paddy rue dodger conserve savoy mead rye dahl
benedictine mixer macon malt muscat saskatoon mace cayenne forage twister paring goody angelica brine eater curacao brat concoction anjou cos
refresher elixir flavoring mush moonshine dowdy colouring confection wort butternut blowfish bream takeaway huckleberry absinthe smorgasbord soy nan
fodder graham ginger clove liquor citrus fish-stick malt eggs roughage icing nutriment
endemic ti anil woodruff gall marguerite inflorescence kola pip mildew yeast greenbrier flax hemlock papyrus indigo spruce-beer
toby bowler davenport den edging dirk bastille sputnik outfield infield hulk polygraph masterpiece snapshot crucible gauntlet shiv helix cachet flaps
roofing folio reaper kirsch belvedere cupola speedway minster corvette poker casket semiautomatic turboprop pager floppy wishbone transistor adapter
detonator concourse masjid confectionery colliery stripe hospice sanatorium beltway parkway thoroughfare tote halter overhang salon condominium kit
rayon nylon hemp mackintosh burqa methamphetamine altar cannon pasture detector tuner ammo weaponry sender loading fortification sportswear lattice morello fillet
accommodation cabinet edifice thoroughbred jet chains exit fore gatehouse scanner burner washer knob puck textile destroyer
reel picture image launching grounds tattoo teddy dome oasis barrel kite glove runner bridle plate ring crown glass
`.split(/\s+/).filter(Boolean));

/** Tags that the rules miss: by their likeliest visible sense. */
export const INCLUDED = `
island river star sea coast rock lake bay hill valley beach mountain gulf ocean sky trail creek stream peninsula delta shore canyon cave cliff pond
plateau marsh glacier nest archipelago reef riverside seaside boulder swamp cove gorge hillside lagoon waterfall lakeside pebble estuary wetland
ravine dune butte tundra meteor volcano geyser iceberg crater fjord  promontory steppe comet
storm rain snow hurricane lightning cloud fog tornado hail twilight blizzard mist moonlight thunderstorm sunset sunrise aurora sandstorm frost
head face hand eye leg arm hair knee mouth neck nose finger ear lip tooth beard foot skull skeleton moustache ponytail tattoo eyebrow
cup bowl bus train bridge church castle school library shop bear duck crow whale bull ram swallow bat raincoat rowboat sailboat airplane barbecue cake
chocolate toast nut bicycle toilet faucet bathtub shower rug sneaker belt necktie earring swimsuit swing stage tunnel path windowsill stairs bookshelf bookcase
telephone painting pencil paintbrush screwdriver pliers saw battery loudspeaker sandal slipper shawl candlestick doorbell crosswalk racket
sandbox seesaw trampoline windshield motorboat canal fence statue mannequin lampshade
`.split(/\s+/).filter(Boolean);

/** Tags of several words, by their likeliest visible sense. */
export const PHRASES = `
ice cream; hot dog; fire engine; fire hydrant; police car; school bus; double decker; sports car; race car; pickup truck;
garbage truck; dump truck; tow truck; cement mixer; forklift; steam locomotive; freight train; cable car; ferris wheel; roller coaster;
merry-go-round; swimming pool; tennis court; basketball court; golf course; golf ball; tennis ball; tennis racket; baseball bat; baseball glove; ping-pong ball;
soccer ball; bowling ball; bowling pin; skateboard; roller skate; ice skate; snowboard; surfboard; speedboat; cruise ship;
container ship; aircraft carrier; fishing boat; life jacket; fishing rod; sleeping bag; mountain bike; bicycle wheel; steering wheel; license plate;
parking meter; gas station; train station; railway station; subway station; phone booth; fire station; police station; town hall; city hall;
shopping mall; shopping cart; shopping center; department store; grocery store; coffee shop; barber chair; dining room; living room; dining table; coffee table; rocking chair;
bunk bed; chest of drawers; washing machine; dishwasher; vacuum cleaner; hair dryer; sewing machine; coffee maker; coffee cup; coffee mug; wine glass;
wine bottle; beer bottle; beer glass; water bottle; cutting board; frying pan; measuring cup; rolling pin; can opener; paper clip; paper towel; toilet seat;
shower curtain; light bulb; table lamp; floor lamp; street lamp; electric fan; remote control; cell phone; desktop computer; computer keyboard; computer mouse; digital camera;
movie theater; musical instrument; acoustic guitar; electric guitar; grand piano; upright piano; french horn; double bass; snare drum; bass drum;
teddy bear; jigsaw puzzle; playing card; christmas tree; birthday cake; wedding cake; wedding dress; wedding ring; engagement ring; evening gown;
running shoe; cowboy hat; straw hat; baseball cap; bow tie; swimming trunks; bathing suit; lab coat; fur coat; fried egg; french fries; mashed potato; apple pie; pumpkin pie; fried rice; spring roll; potato chip; maple syrup; orange juice; red wine; white wine; green tea; fruit salad;
sweet potato; bell pepper; green onion; brussels sprout; green bean; palm tree; pine tree; oak tree; apple tree; cherry tree; pine cone; sea turtle; polar bear; brown bear; giant panda; sea lion;
fur seal; killer whale; blue whale; hermit crab; sea urchin; sea anemone; coral reef; jellyfish; guinea pig; mountain goat; arctic fox; red fox; snow leopard; golden retriever; german shepherd;
labrador retriever; border collie; yorkshire terrier; siberian husky; persian cat; siamese cat; bald eagle; barn owl; great white shark; praying mantis; monarch butterfly; honeybee; spider web; bird of prey; guide dog; sheepdog; water buffalo;
mountain range; hot spring; sand dune; tree house; picket fence; stone wall; suspension bridge; covered bridge; drawbridge; triumphal arch; bell tower; clock tower; water tower;
water wheel; wind turbine; solar panel; power station; country house; log cabin; apartment building; office building; opera house; concert hall; art gallery; snowman; scarecrow;
hay bale; straw; kitchen sink; kitchen table; park bench; garden hose; watering can; lawn mower; wheelbarrow; flower garden; botanical garden; vegetable garden; rose garden; playground slide;
bulletin board; fire extinguisher; alarm clock; wall clock; hourglass; magnifying glass; contact lens; oil painting; water lily
`.split(/;\s*/).map((phrase) => phrase.trim()).filter(Boolean);

/** Tags whose sense the rules would not choose, or which lie outside the files of visible things: WordNet 3.1 ids, checked by their names. */
export const SENSES = {
  sun: "wn:09473312", moon: "wn:09381255", garden: "wn:03422255", park: "wn:08632724", city: "wn:08542298", town: "wn:08683242",
  village: "wn:08690476", field: "wn:08587527", forest: "wn:09306921", water: "wn:09248053", book: "wn:02873453", landscape: "wn:08664477",
  skyline: "wn:08669310", firework: "wn:03353300", parade: "wn:08445442", football: "wn:03383611", market: "wn:03727779",
  harbor: "wn:08656633", desert: "wn:08522594", meadow: "wn:08588163", fire: "wn:07317454", dance: "wn:07463317", picnic: "wn:07592003",
  race: "wn:07473244", ice: "wn:09331304", sand: "wn:15043597", reflection: "wn:11523478", crowd: "wn:08199297", wedding: "wn:07466684",
  concert: "wn:06905814", party: "wn:07462241", portrait: "wn:03993437", night: "wn:15192074", plate: "wn:03965779", table: "wn:04386330",
  ring: "wn:04099721", crown: "wn:03143320", glass: "wn:03443167", festival: "wn:00518784", tennis: "wn:00483309", flame: "wn:13502051",
  shadow: "wn:08663881", seal: "wn:02078848", person: "wn:00007846", animal: "wn:00015568", plant: "wn:00017402", rainbow: "wn:09426302",
  rainforest: "wn:08456118", campfire: "wn:07318203", bonfire: "wn:07317953", "traffic light": "wn:06887235",
  "parking lot": "wn:08633213", lawn: "wn:08609148", icicle: "wn:14940079", dew: "wn:14858302", oasis: "wn:08523517",
  barrel: "wn:02798192", egg: "wn:07856780", kite: "wn:03626682", glove: "wn:03446036", runner: "wn:10562445",
  television: "wn:04413042", screen: "wn:04159676", sign: "wn:04224949", poster: "wn:06806283", newspaper: "wn:03827711",
  magazine: "wn:03709749", coin: "wn:13409418", money: "wn:13406050", "stained glass": "wn:14906944", food: "wn:07571428", family: "wn:08094856", audience: "wn:08238818",
};

/** Persons, by the first of their senses that is a person. */
export const PEOPLE = `
child baby man woman boy girl musician singer dancer athlete swimmer cyclist skier surfer bride groom
`.split(/\s+/).filter(Boolean);
