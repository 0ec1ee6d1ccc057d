import { expect, test } from "vitest";
import { countryCode, countryName } from "../../src-main/places/countries";
import { gazetteer } from "../../src-main/places/gazetteer";

test.each([
  ["Alexanderplatz", 52.5219, 13.4132, "Berlin", "DE"],
  ["the Eiffel Tower", 48.8584, 2.2945, "Paris", "FR"],
  ["Lisbon's castle", 38.7139, -9.1335, "Lisbon", "PT"],
  ["the Sydney Opera House", -33.8568, 151.2153, "Sydney", "AU"],
  ["Shibuya", 35.6595, 139.7005, "Tokyo", "JP"],
  ["Zermatt", 46.0207, 7.7491, "Zermatt", "CH"],
  // across the Rhine from Germany and France
  ["Basel", 47.5596, 7.5886, "Basel", "CH"],
  // an island of its own code
  ["San Juan", 18.4655, -66.1057, "San Juan", "PR"],
])("%s is in the town a friend would name", async (_, latitude, longitude, town, country) => {
  const { placeAt } = await gazetteer();
  expect(placeAt(latitude, longitude)).toMatchObject({ town, country });
});

test("far from any town there is only a country, and at sea nothing", async () => {
  const { placeAt } = await gazetteer();
  expect(placeAt(40, -40)).toEqual({ town: null, region: null, country: null });
  expect(placeAt(23, 10)).toMatchObject({ town: null, country: "DZ" });
  expect(placeAt(48.137, 11.575)).toEqual({ town: "Munich", region: "Bavaria", country: "DE" });
});

test("countries are known by code and by English name, others stay as they are", () => {
  expect(["pt", " Portugal ", "PORTUGAL", "Lusitania", "EU"].map(countryCode)).toEqual([
    "PT",
    "PT",
    "PT",
    "Lusitania",
    "EU",
  ]);
  expect(["PT", "Lusitania"].map(countryName)).toEqual(["Portugal", "Lusitania"]);
});
