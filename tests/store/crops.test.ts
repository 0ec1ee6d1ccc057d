import { expect, test } from "vitest";
import { cropKey, cropsOf, photoToCrop, storeCrops } from "../../src-main/store/crops";
import { deleteDerivedData } from "../../src-main/store/identity";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const box = [0.1, 0.2, 0.30001, 0.4] as const;
const crop = {
  box,
  feature: Float32Array.of(1, 2),
  classes: Uint16Array.of(3),
  probabilities: Float32Array.of(0.5),
};

test("crops are stored by visual model and place, for the photo's present content, and go with it", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 2);
  const { photo, version } = photoToCrop(store, 1)!;
  const of = (visual: string, some: readonly [number, number, number, number] = box) =>
    cropsOf(store, visual, [{ photo, box: some }]);
  storeCrops(store, "v", { photo, version: "00" }, [crop]);
  expect(of("v").size).toBe(0);
  storeCrops(store, "v", { photo, version }, [crop]);
  const { box: _, ...seen } = crop;
  expect([...of("v")]).toEqual([[cropKey({ photo, box }), seen]]);
  expect(of("v", [0.1, 0.2, 0.3, 0.4]).size).toBe(1); // the same ten-thousandths
  expect([of("other").size, of("v", [0.1, 0.2, 0.301, 0.4]).size]).toEqual([0, 0]);
  deleteDerivedData(store, photo);
  expect(of("v").size).toBe(0);
});
