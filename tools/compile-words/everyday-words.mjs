/**
 * Exceptions to the rules of everyday.mjs, found by reading their output. The compiler rejects unknown words, and
 * exclusions that exclude nothing.
 */

/**
 * Words whose most frequent visible sense is no sensible tag for a photo: another meaning comes to mind first, or
 * nothing is visible.
 */
export const EXCLUDED = new Set(
  `
aba absinthe accelerator accessory accommodation acetate acoustic acrylic acumen adapter additive ade adjutant admiral adult afghan
afterthought agua ai airbus airframe airline airway ala alcohol altar alum amazon ammo ammunition amphetamine android andromeda anesthetic
angelica angelique angler ani anil anjou annex antidepressant antidote antiviral aperture apparatus appetizer aquatic arak arbor
architecture archive argentine argus argyle argyll arista ark armament armour arms arsenal art artillery arum asp aspirin astrodome asylum
atlas attache attachment attire audio audiotape audiovisual axle baba bacillus backdrop backroom backup bacteria bacterium bailey ballast
bandwagon bantam bard baritone bark barker barometer barrel bars bartlett bastille bath batiste bazar beak bean-curd beef bellwether
beltway beluga belvedere bender benedictine bennet benny bethel biennial billy binder birch bivalve blackwood bladder blade blanc blazon
bleu block blockbuster blocker blower blowfish bluefin bluegrass blueprint boards bock boll bologna bombard bombshell bones bongo bonnet
booster bootleg borer bot botanical botulinum bowler braces bracing bracket brad brainchild brakes brant brat breaker bream breather brent
brew brig brill brine brit broadcaster broiler bronco broodmare brothel bruin buckeye bullet bullion bulwark bumper bundle bunk bunny bur
burner burqa busby butternut buzzer byproduct cab cabinet cache cachet cairn cake calypso cam cameo camp campion canine cannabis cannon
canola cantonment capitol capote capsule capuchin carapace carcass card carnivore carrefour carrion cartridge casing casket cassette
cassie casting castor catchment catheter cathode cayenne cayman cell centre chains chamber chancellery chancery changer char charger
charlotte chassis checker chess chesterfield chevron chile chino chinook chip chlamydia chlorophyll chow chrysalis chum circuit circuitry
cirrus cisco citron citrus clarence clarion classic claw cleaner cleaners clegg climber cloak clocks clockwork clone clothing clout clove
coaster coating cob coca cocaine cochin coco cog coil coke cole collectible colliery collins coloring colors colouring colours colt
columbine comma commodity commuter compartment compressor concoction concourse condom condominium conduit coney confection confectionery
confessional conger connector conservatory conserve constituent constraint consulate container containment contraceptive converter coping
cord cordial cordon cords cornerstone coronet corrective cortina corvette cos cosmetic cote coulter counter counterfeit counterweight
coupling covering covert crank creamer credence crepe croft crossbar crossover crucible cud cue cuff cultivar cupola curacao curd cursor
cusp cutoff cutter cyberspace cyclops dag dahl damper dandy daphne darter das davenport daw deadwood deanery decker defence delft
delicatessen den depiction depository depot derby derelict desktop destroyer detector detonator detour deuce device diagram dickey die
diesel diet digs dirk disc disco disposable dive diver dixie dobson dodger doe dolly dome domino dope dory dose dowdy downer dragnet drake
dray dressing drier drone drosophila drove drug dubbing duff dug dummy dun duplex duplication dwelling dynamo eater eats echelon edging
edible edifice egg eggs electrode elixir embassy emblem embryo emperor enclosure endemic ensign entire entrant entree ephedra equaliser
equalizer equatorial equine equipment erection erica ern escarpment ether ethernet exit facility facing facsimile fake falls fang farina
favour fax feeder feist felt female fetish fetus fibre figurehead filler fillet filly fin finder finisher firebird fishery fitch fixture
fizz flagging flagship flak flamboyant flaps flathead flats flavoring flax flipper floppy fluke fodder foil folio follow-up font footage
foothold forage fore forewing forgery fortification forum fossa fridge fryer fuji furnishing gad gage gall gallows gamba garibaldi garment
garnish gastropod gatehouse gauntlet gearbox gearing gel gelding gem gemma generator generic genet geneva giant gig gill gimmick gin
ginger glossy glove gluten gnu goldeneye goody graham grampus grange graphics greenbrier greens grenadier grid grist grub guan guildhall
guinea gulag gum gunnery gunpoint hackney halal halter hanging hank hanuman harbour hardcover hardware harrier hart hash hashish haven
hawthorn header headquarters heath heel helix hemlock hemp heraldry herbal hermitage heroin herpes hind hindrance hogan hogg holder
hominid hone hoof hopper horseback hose hospice hotbed hotspot housing hoya hub huckleberry hulk hull humanoid humans humpback hybrid
hydra hypnotic hypo icing icon iconography idol ignition impediment improvisation incendiary incubator indigo infield inflorescence
ingredient innovation inspiration instrument instrumentation interceptor interchange interface internet invertebrate iris iva jack jaeger
jag jak jean jenny jet jigsaw jock john joss judas jumper junction kali kamikaze kat kern kernel key keystone khan kingpin kirk kirsch kit
kite kitsch kitty kiwi knob knuckles kohl kola kremlin kris kylie lame lance lancet landau lander landing largemouth larva latex lattice
laundry laurel laver layer leftovers lifeline limelight linchpin ling lining linkage links liquor lister listeria livery liza load loading
lodging lodgings loin longhorn loo lookout looper lorry lotte louvre lucerne lyceum mac mace machinery mack mackintosh macon mademoiselle
madras magnum mailer mainframe mainstay malacca male mall malt mammal manifold mankind mantua map mara marc margate marge marguerite
marijuana marinade marker marri marseille mart martin masjid masonry masterpiece materiel maverick mavis max maxi mayo mead medic
medication medicine medusa mei membrane mending merchandise merino merle merlin mesquite methadone methamphetamine microbe microchip
microprocessor mike mildew miller milling milo milt mina mine minesweeper mini ministry minster miro mixer moa modeling modem modernism
module mole mollie mollusk molly montage moonshine morello morgue morphine mortar motif motley motorbike moulin mound mounting mouthpiece
mufti muller mulligan multiplex murphy muscat mush must mustang mutt muzzle nan nanny nap napa narcotic nematode netting newmarket
newsroom nick nickelodeon nit node nook noose nude nuke nutcracker nutriment nutrition nutshell nylon nymph oasis obstruction oca offal
office operculum opium oracle ordnance oreo organiser organs ornamental orphanage ottoman outfield outlet output overhang overlapping
pacemaker pacer package padding paddy pager painkiller paisley palfrey panacea panel panhandle panorama pants panzer papyrus paraphernalia
parasite paring parkway parlor parlour parr partisan partition passerine pasture pathogen patten patty pave paving pawn peacekeeper
penicillin penitentiary perishable perpendicular perry pest phage phoebe photo photograph phytoplankton pia pic piggy piling pinto pip
pipeline pique piston pixel placebo plankton plant plasmodium plenum plug plumbing plywood pocket pod pointer poker pollard pollock
polyester polygraph pontifical pool porgy portage portal portfolio possum potion predator predictor presidio preventative preventive
priory privateer product prop provisions puck pullback pup purebred puree pusher quad quadrangle quadrant quarry quarters quill racer
raceway racquet radar rafter rail rails ramona rapper rarity ratchet ration rayon reactor reaper recombinant recorder redhead reed reel
reeve refinery reflector reformer refresher refreshment refuge regalia regulator rein relic remake remaking rep repertory replica
repository respirator retrenchment rhesus rib rickey ridley rind rings roach roan rocker rod roe roebuck roofing rook rooms root rosewood
rotor rouge rounder router roux rowan rubbing rudd rue ruff rum rusk rye sable sacking sage salmonella salon saloon samara samba
sanatorium sang saskatoon satellite savoy sawyer scanner scourge scrabble screening scum seam seasoning sectional seed segment seine
seizing selector semi semiautomatic semiconductor sender senna sensor serge server setter setup shades sham shambles shank shay sheath
sheeting shell shelter shiner shingle shipwreck shire shiv shook shooter shoring shortening showpiece shrapnel sideline siding sierra
sights silesia simian simulator singleton siphon siren sitter skate slab slater slider slit smelt smelter smoker smoother smorgasbord
snapshot snout snowball snuff socket sole solitaire soma sonar soundtrack soy spa spar spat spawn speedway spelt spin-off spinner spirits
spoiler spoke spore sportswear springboard springbok springer sputnik stabilizer stable stacks staging stalls standby staph staphylococcus
starboard starter stave stays steamer steed steeper stein stent sticker stimulant stinger stint stipe stitch stocker stocks stoker stole
stoppage stopper stopping storey stover streptococcus stretcher striker stringer stripe stripper strobe stronghold structure stuffing
stylus substation succulent sugarloaf supercomputer superman superstructure surface surgery surrey sweeper sweetener swine syringe tab
tablet tabor tail tails takeaway takeout talon tam tammy tandem tape taping tattoo teaser teddy telegraph telex terminal terminus terry
tester tetra textile thorax thoroughbred thoroughfare thrasher threads thrift throttle throughput ti ticker ticking tidy tier till tiller
timer timothy titi toby tom toner tonic tool topping tore torpedo tote trailer trainer tram transformer transistor transit transmitter
transportation transporter trapping trappings trash treat trey tribune trifle trigger triton trivia troika trotter trump trumpets trunk
truss tucker tun tuner tung turboprop turnaround turner turnout turnpike tusk twister ulster undercarriage undercut vaccine vane varietal
vault vegetarianism veneer vent ventilator vermin veronica vertebrate viceroy video videotape vintage virus vixen voodoo walker ware
warmer washer watchdog ways weaponry weaver weeds wellpoint welt wheeler whisker whistler whitewash whiting wicket windfall winkle wire
wireless wiring wishbone withers woodruff workhorse workings workplace works wort wrapping wreckage xerox yearling yeast yolk zaman zodiac
`
    .split(/\s+/)
    .filter(Boolean),
);

/** Tags that the rules miss, in their most probable visible sense. */
export const INCLUDED = `
island river star sea coast rock lake bay hill valley beach mountain gulf ocean sky trail creek stream peninsula delta shore canyon cave cliff pond
plateau marsh glacier nest archipelago reef riverside seaside boulder swamp cove gorge hillside lagoon waterfall lakeside pebble estuary wetland
ravine dune butte tundra meteor volcano geyser iceberg crater fjord promontory steppe comet
storm rain snow hurricane lightning cloud fog tornado hail twilight blizzard mist moonlight thunderstorm sunset sunrise aurora sandstorm frost
head face hand eye leg arm hair knee mouth neck nose finger ear lip tooth beard foot skull skeleton moustache ponytail tattoo eyebrow
cup bowl bus train bridge church school building office shop pet bear duck crow whale bull ram swallow bat raincoat rowboat sailboat airplane
chocolate toast nut bicycle faucet bathtub shower rug sneaker belt necktie earring swimsuit swing stage tunnel path windowsill stairs bookshelf bookcase
telephone painting pencil paintbrush screwdriver pliers saw battery loudspeaker sandal slipper shawl candlestick doorbell crosswalk racket
toothbrush frisbee houseplant sink seesaw trampoline windshield motorboat canal fence statue mannequin lampshade
`
  .split(/\s+/)
  .filter(Boolean);

/** Tags of several words, in their most probable visible sense. */
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
fur seal; killer whale; blue whale; hermit crab; sea urchin; sea anemone; coral reef; jellyfish; guinea pig; mountain goat; arctic fox; snow leopard; golden retriever; german shepherd;
labrador retriever; border collie; yorkshire terrier; siberian husky; persian cat; siamese cat; bald eagle; barn owl; great white shark; praying mantis; monarch butterfly; honeybee; spider web; bird of prey; guide dog; sheepdog; water buffalo;
mountain range; hot spring; sand dune; tree house; picket fence; stone wall; suspension bridge; covered bridge; drawbridge; triumphal arch; bell tower; clock tower; water tower;
water wheel; wind turbine; solar panel; power station; country house; log cabin; apartment building; office building; opera house; concert hall; art gallery; snowman; scarecrow;
hay bale; straw; kitchen sink; kitchen table; park bench; garden hose; watering can; lawn mower; wheelbarrow; flower garden; botanical garden; vegetable garden; rose garden; playground slide;
bulletin board; fire extinguisher; alarm clock; wall clock; hourglass; magnifying glass; contact lens; oil painting; water lily
`
  .split(/;\s*/)
  .map((phrase) => phrase.trim())
  .filter(Boolean);

/**
 * Tags whose sense the rules get wrong, or which are outside the lexicographer files of visible things: WordNet 3.1
 * ids, checked against their names.
 */
export const SENSES = {
  sun: "wn:09473312",
  moon: "wn:09381255",
  garden: "wn:03422255",
  park: "wn:08632724",
  city: "wn:08542298",
  town: "wn:08683242",
  village: "wn:08690476",
  field: "wn:08587527",
  forest: "wn:09306921",
  water: "wn:09248053",
  book: "wn:02873453",
  landscape: "wn:08664477",
  skyline: "wn:08669310",
  firework: "wn:03353300",
  parade: "wn:08445442",
  football: "wn:03383611",
  market: "wn:03727779",
  harbor: "wn:08656633",
  desert: "wn:08522594",
  meadow: "wn:08588163",
  fire: "wn:07317454",
  dance: "wn:07463317",
  picnic: "wn:07592003",
  race: "wn:07473244",
  ice: "wn:09331304",
  sand: "wn:15043597",
  reflection: "wn:11523478",
  crowd: "wn:08199297",
  wedding: "wn:07466684",
  concert: "wn:06905814",
  party: "wn:07462241",
  portrait: "wn:03993437",
  night: "wn:15192074",
  plate: "wn:03965779",
  table: "wn:04386330",
  ring: "wn:04099721",
  crown: "wn:03143320",
  glass: "wn:03443167",
  festival: "wn:00518784",
  tennis: "wn:00483309",
  flame: "wn:13502051",
  shadow: "wn:08663881",
  seal: "wn:02078848",
  person: "wn:00007846",
  animal: "wn:00015568",
  plant: "wn:00017402",
  rainbow: "wn:09426302",
  rainforest: "wn:08456118",
  campfire: "wn:07318203",
  bonfire: "wn:07317953",
  "traffic light": "wn:06887235",
  "parking lot": "wn:08633213",
  lawn: "wn:08609148",
  icicle: "wn:14940079",
  dew: "wn:14858302",
  oasis: "wn:08523517",
  barrel: "wn:02798192",
  egg: "wn:07856780",
  kite: "wn:03626682",
  glove: "wn:03446036",
  runner: "wn:10562445",
  television: "wn:04413042",
  screen: "wn:04159676",
  sign: "wn:04224949",
  poster: "wn:06806283",
  newspaper: "wn:03827711",
  magazine: "wn:03709749",
  coin: "wn:13409418",
  money: "wn:13406050",
  "stained glass": "wn:14906944",
  food: "wn:07571428",
  family: "wn:08094856",
  audience: "wn:08238818",
  people: "wn:07958392",
  group: "wn:00031563",
  player: "wn:10459618",
  sport: "wn:00524569",
  wood: "wn:15122728",
  court: "wn:03125142",
  "playing field": "wn:08588287",
  wave: "wn:07366790",
  "birthday party": "wn:07462721",
  microwave: "wn:03766619",
  smoke: "wn:11528510",
  skiing: "wn:00441687",
  surfing: "wn:00446040",
  swimming: "wn:00443055",
  cycling: "wn:00452356",
  hiking: "wn:00289814",
  camping: "wn:01057089",
  fishing: "wn:00454959",
  jumping: "wn:00120388",
  skateboarding: "wn:00450039",
  snowboarding: "wn:00330294",
  peacock: "wn:01808784",
  juniper: "wn:11657017",
  castle: "wn:02983900",
  library: "wn:03666369",
  dock: "wn:03221531",
  hammer: "wn:03486255",
  projector: "wn:04015928",
  schooner: "wn:04154248",
  screw: "wn:04160812",
  shield: "wn:04199741",
  palace: "wn:03883542",
  sawmill: "wn:03702341",
  cake: "wn:07644479",
  toilet: "wn:04453655",
  pill: "wn:03942844",
  grill: "wn:03464523",
  scenery: "wn:08664362",
  runway: "wn:04127936",
  helmet: "wn:03518281",
  cabin: "wn:02935784",
  magnolia: "wn:11730143",
  sandbox: "wn:04141422",
  barbecue: "wn:02793692",
  horseshoe: "wn:03544613",
  gumbo: "wn:07601477",
  spindle: "wn:04284490",
  bobsled: "wn:02864187",
  "red fox": "wn:02121674",
};

/** Persons, in the first of their senses that is a person. */
export const PEOPLE = `
child baby man woman boy girl musician singer dancer athlete swimmer cyclist skier surfer bride groom
`
  .split(/\s+/)
  .filter(Boolean);
