import { expect, test } from "vitest";
import { closeStore } from "../../src-main/store/database";
import { storeDetections } from "../../src-main/store/detections";
import { openFolder } from "../../src-main/workspace/open-folder";
import { semblance } from "../fixtures/command-line";
import { writeFindingPack } from "../fixtures/finding-pack";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

test("semblance boxes prints labels and boxes as lines, JSON and CSV, and refuses a label without boxes", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const { library, dispose } = await openFolder(home, folder, { pack: writeFindingPack(temporaryFolder()) });
  const [photo] = addMockPhotos(library.store, 1);
  storeDetections(library.store, library.pack.detection!.detectors[0].id, [
    {
      photo,
      detections: {
        boxes: Float32Array.of(0, 0, 0.5, 1, 0.5, 0.25, 1, 1),
        scores: Float32Array.of(0.9, 0.625),
        classes: Uint16Array.of(0, 1),
      },
    },
  ]);
  await dispose();
  closeStore(library.store);

  const run = async (...options: string[]) => semblance(home, ["boxes", folder, ...options]);
  expect(await run()).toMatchObject({
    code: 0,
    stdout: "dog: 1 not judged, 0 accepted, 0 rejected\nperson: 1 not judged, 0 accepted, 0 rejected\n",
  });
  expect((await run("--label", "dog", "--state", "unjudged")).stdout).toBe(
    "dog   63%  unjudged  detector  0.5000 0.2500 1.0000 1.0000  folder 0/IMG_0.jpg\n",
  );
  expect(JSON.parse((await run("--label", "person", "--json")).stdout)).toEqual({
    path: "folder 0/IMG_0.jpg",
    label: "person",
    confidence: 0.9,
    verdict: "unjudged",
    origin: "detector",
    left: 0,
    top: 0,
    right: 0.5,
    bottom: 1,
  });
  expect((await run("--label", "dog", "--order", "size", "--csv")).stdout).toBe(
    "path,label,confidence,verdict,origin,left,top,right,bottom\r\n" +
      "folder 0/IMG_0.jpg,dog,0.625,unjudged,detector,0.5,0.25,1,1\r\n",
  );
  expect(await run("--label", "teapot")).toMatchObject({ code: 2, stdout: "" });
});
