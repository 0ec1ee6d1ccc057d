import { UMAP } from "umap-js";
import { findABParams } from "umap-js/dist/umap";
import { expect, test } from "vitest";
import { fuzzyKnnGraph } from "../../src-main/curate/fuzzy-knn-graph";
import { computeMap, firstMap, positionByNeighbours } from "../../src-main/curate/map";
import { placeMapLabels } from "../../src-main/curate/map-labels";
import { CURVE } from "../../src-main/curate/umap";
import { disagreement, semanticEmbeddings } from "../../src-main/devise/semantic-embedding";
import { hnswState } from "../../src-main/math/nearest";
import { nearestToEach } from "../../src-main/math/nearest-to-each";
import { principalAxes, projectOntoAxes } from "../../src-main/math/principal-axes";
import { random } from "../../src-main/math/random";
import { dot, normalise, unitRows } from "../../src-main/math/vectors";

/** Unit rows `[n, E]` around C centres, row i around centre i mod C. */
function clusters(n: number, E: number, C: number, apart = 0.35, seed = 3): Float32Array {
  const draw = random(seed);
  const centres = unitRows(
    Float32Array.from({ length: C * E }, () => draw() - 0.5),
    E,
  );
  return unitRows(
    Float32Array.from(
      { length: n * E },
      (_, at) => centres[(Math.floor(at / E) % C) * E + (at % E)] + (apart * (draw() - 0.5) * 4) / Math.sqrt(E),
    ),
    E,
  );
}

/** All rows in order of distance from row i, without row i. */
function inOrder(rows: Float32Array, E: number, i: number): number[] {
  const square = (j: number) => {
    let sum = 0;
    for (let e = 0; e < E; e++) sum += (rows[i * E + e] - rows[j * E + e]) ** 2;
    return sum;
  };
  const distances = Array.from({ length: rows.length / E }, (_, j) => square(j));
  return [...distances.keys()].filter((j) => j !== i).sort((a, b) => distances[a] - distances[b]);
}

test("principal axes are the eigenvectors of the covariance with the largest eigenvalues, by Jacobi rotations", () => {
  const [n, D, k] = [300, 12, 4];
  const draw = random(8);
  const rows = Float32Array.from({ length: n * D }, (_, at) => (draw() - 0.4) * (1 + (at % D) ** 1.5));
  const { mean, axes } = principalAxes(rows, D, k);
  const unit = unitRows(rows, D);
  const covariance = Array.from({ length: D }, (_, a) =>
    Array.from({ length: D }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (unit[i * D + a] - mean[a]) * (unit[i * D + b] - mean[b]);
      return sum / n;
    }),
  );
  const { values, vectors } = jacobi(covariance);
  const largest = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, k);
  largest.forEach((column, a) => {
    const cosine = Math.abs(vectors.reduce((sum, row, d) => sum + row[column] * axes[a * D + d], 0));
    expect(cosine).toBeGreaterThan(0.999);
  });
});

test("rows that span fewer dimensions have fewer axes, which preserve their similarity", () => {
  const rows = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 2, 1, 0, 0]);
  const axes = principalAxes(rows, 4, 3);
  expect(axes.axes.length / 4).toBe(2);
  const along = projectOntoAxes(rows, axes);
  const unit = unitRows(rows, 4).map((value, at) => value - axes.mean[at % 4]);
  const centred = unitRows(unit, 4);
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++)
      expect(dot(along, 2 * i, along, 2 * j, 2)).toBeCloseTo(dot(centred, 4 * i, centred, 4 * j, 4), 4);
  expect(principalAxes(Float32Array.of(1, 2), 2, 5).axes).toHaveLength(0);
});

test("exact search finds the neighbours that brute force finds", async () => {
  const rows = clusters(150, 8, 6);
  const found = await nearestToEach(rows, 8, 10);
  for (const i of [0, 31, 149])
    expect([...found.rows.subarray(10 * i, 10 * i + 10)]).toEqual(inOrder(rows, 8, i).slice(0, 10));
  expect(found.distances[0]).toBeCloseTo(Math.sqrt(2 - 2 * dot(rows, 0, rows, found.rows[0] * 8, 8)), 5);
  expect((await nearestToEach(rows.slice(0, 16), 8, 10)).k).toBe(1);
});

test("the HNSW graph finds nearly the same neighbours", async ({ skip }) => {
  const { available, why } = await hnswState();
  if (!available) skip(why);
  const rows = clusters(2000, 8, 20);
  const exact = await nearestToEach(rows, 8, 10);
  const graph = await nearestToEach(rows, 8, 10, undefined, 100);
  const same = exact.rows.reduce(
    (sum, row, at) => sum + Number(graph.rows.subarray(at - (at % 10), at - (at % 10) + 10).includes(row)),
    0,
  );
  expect(same / exact.rows.length).toBeGreaterThan(0.98);
});

test("memberships match the authors' JavaScript implementation", async () => {
  const [n, E] = [120, 5];
  const rows = clusters(n, E, 4);
  const neighbours = await nearestToEach(rows, E, 14);
  const reference = new UMAP({ nNeighbors: 15, random: random(1) });
  const [indices, distances] = [neighbours.rows, neighbours.distances].map((all) =>
    Array.from({ length: n }, (_, i) => Array.from(all.subarray(14 * i, 14 * i + 14))),
  );
  reference.setPrecomputedKNN(
    indices.map((row, i) => [i, ...row]),
    distances.map((row) => [0, ...row]),
  );
  reference.initializeFit(Array.from({ length: n }, (_, i) => Array.from(rows.subarray(E * i, E * i + E))));
  const expected = (reference as unknown as { graph: { get(a: number, b: number): number; getValues(): number[] } })
    .graph;
  const { from, to, weights } = fuzzyKnnGraph(neighbours);
  expect(weights).toHaveLength(expected.getValues().filter((value) => value > 0).length);
  weights.forEach((weight, edge) => expect(weight).toBeCloseTo(expected.get(from[edge], to[edge]), 4));
  const { a, b } = findABParams(1, 0.1);
  expect(a).toBeCloseTo(CURVE.a, 1);
  expect(b).toBeCloseTo(CURVE.b, 1);
});

/** Trustworthiness: how far neighbours on the map are true neighbours, 0..1 (Venna & Kaski 2001). */
function trustworthiness(rows: Float32Array, E: number, positions: Float32Array, k: number): number {
  const n = positions.length / 2;
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const rank = new Map(inOrder(rows, E, i).map((j, at) => [j, at + 1]));
    for (const j of inOrder(positions, 2, i).slice(0, k)) penalty += Math.max(0, rank.get(j)! - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

test("a map preserves neighbours at least as well as the authors' JavaScript implementation", async () => {
  const [n, E, C] = [320, 16, 8];
  const rows = clusters(n, E, C);
  const positions = await computeMap(rows, n);
  const reference = new UMAP({ nNeighbors: 15, random: random(1) }).fit(
    Array.from({ length: n }, (_, i) => Array.from(rows.subarray(E * i, E * i + E))),
  );
  const ours = trustworthiness(rows, E, positions, 10);
  expect(ours).toBeGreaterThan(trustworthiness(rows, E, Float32Array.from(reference.flat()), 10) - 0.02);
  expect(ours).toBeGreaterThan(0.8);
  const alike = Array.from(
    { length: n },
    (_, i) =>
      inOrder(positions, 2, i)
        .slice(0, 10)
        .filter((j) => j % C === i % C).length / 10,
  );
  expect(alike.reduce((a, b) => a + b) / n).toBeGreaterThan(0.95);
  expect(Math.max(...positions)).toBeCloseTo(1, 5);
  expect(Math.min(...positions)).toBeGreaterThanOrEqual(-1.00001);
});

test("the same photos give the same map, and progress reaches the end", async () => {
  const rows = clusters(60, 6, 3);
  const shares: number[] = [];
  const onTheWay: Float32Array[] = [];
  const positions = await computeMap(rows, 60, (share, soFar) => {
    shares.push(share);
    onTheWay.push(soFar());
  });
  expect(onTheWay[0]).toEqual(firstMap(rows, 60));
  expect(onTheWay.at(-1)).toEqual(positions);
  expect(await computeMap(rows, 60)).toEqual(positions);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test.each([0, 1, 2, 3, 6])("%i photos make a map too, also if they are all identical", async (n) => {
  for (const rows of [clusters(n, 4, 2), new Float32Array(4 * n).fill(0.5), new Float32Array(0)]) {
    const positions = await computeMap(rows, n);
    expect(positions).toHaveLength(2 * n);
    expect(positions.every((value) => Math.abs(value) <= 1.00001)).toBe(true);
  }
});

test("a new photo is placed at the mean position of its five nearest neighbours", () => {
  const [n, E] = [80, 6];
  const rows = clusters(n, E, 4);
  const draw = random(5);
  const positions = Float32Array.from({ length: 2 * n }, () => 2 * draw() - 1);
  const added = clusters(8, E, 4, 0.35, 3); // around the same centres
  const all = new Float32Array([...added, ...rows]);
  const exact = (row: Float32Array, k: number) =>
    [...Array(n).keys()].sort((a, b) => dot(row, 0, rows, b * E, E) - dot(row, 0, rows, a * E, E)).slice(0, k);
  const placed = positionByNeighbours(exact, added, E, positions);
  for (let i = 0; i < 8; i++) {
    const five = inOrder(all, E, i)
      .filter((j) => j >= 8)
      .slice(0, 5);
    for (const d of [0, 1])
      expect(placed[2 * i + d]).toBeCloseTo(five.reduce((sum, j) => sum + positions[2 * (j - 8) + d], 0) / 5, 5);
  }
  expect(() => positionByNeighbours(exact, added.slice(1), E, positions)).toThrow("47 numbers do not make rows of 6");
});

test("a label is placed where its photos are densest, and one that is everywhere is worth less", () => {
  const draw = random(6);
  const around = (x: number, y: number) => [x + 0.04 * (draw() - 0.5), y + 0.04 * (draw() - 0.5)];
  const positions = Float32Array.from([
    ...Array.from({ length: 100 }, () => around(-0.5, 0.5)).flat(),
    ...Array.from({ length: 40 }, () => around(0.6, -0.2)).flat(),
    ...Array.from({ length: 60 }, () => [2 * draw() - 1, 2 * draw() - 1]).flat(),
  ]);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const words = placeMapLabels(positions, [range(140, 200), [...range(0, 90), 150], range(100, 140), [3]], 2, 10);
  expect(words.map(({ label }) => label)).toEqual([1, 2, 0]); // one photo is too few for a label
  expect(words[0].x).toBeCloseTo(-0.5, 1);
  expect(words[0].y).toBeCloseTo(0.5, 1);
  expect(words[0].photos).toBe(91);
  expect(words[1].x).toBeCloseTo(0.6, 1);
  expect(words[2].worth).toBeLessThan(words[1].worth / 2);
});

test("disagreement is 1 minus the cosine between ConSE's vector and the projection", () => {
  const [E, D, C] = [6, 5, 4];
  const draw = random(7);
  const some = (n: number) => Float32Array.from({ length: n }, () => draw() - 0.5);
  const [M, classVectors, features] = [some(E * D), unitRows(some(C * E), E), some(3 * D)];
  const seen = {
    features,
    classes: Uint16Array.of(0, 1, 2, 3, 3, 1),
    probabilities: Float32Array.of(0.7, 0.2, 0.9, 0.05, 0.5, 0.5),
  };
  const positions = semanticEmbeddings(seen, M, classVectors, D);
  for (let i = 0; i < 3; i++) {
    const projected = normalise(Float32Array.from({ length: E }, (_, e) => dot(M, e * D, features, i * D, D)));
    const [a, b] = [2 * i, 2 * i + 1];
    const conse = normalise(
      Float32Array.from(
        { length: E },
        (_, e) =>
          seen.probabilities[a] * classVectors[seen.classes[a] * E + e] +
          seen.probabilities[b] * classVectors[seen.classes[b] * E + e],
      ),
    );
    const value = disagreement(
      positions.subarray(i * E, (i + 1) * E),
      seen.classes.subarray(a, a + 2),
      seen.probabilities.subarray(a, a + 2),
      classVectors,
    );
    expect(value).toBeCloseTo(Math.min(1, 1 - dot(projected, 0, conse, 0, E)), 4);
  }
  expect(
    disagreement(positions.subarray(0, E), Uint16Array.of(0), Float32Array.of(1), new Float32Array(C * E)),
  ).toBeNull();
});

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix by Jacobi's cyclic rotations (1846). */
function jacobi(symmetric: number[][]): { values: number[]; vectors: number[][] } {
  const n = symmetric.length;
  const A = symmetric.map((row) => [...row]);
  const vectors = A.map((_, i) => A.map((_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(A[p][q]) < 1e-15) continue;
        const angle = 0.5 * Math.atan2(2 * A[p][q], A[q][q] - A[p][p]);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const row of [...A, ...vectors]) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        const [rowP, rowQ] = [A[p], A[q]].map((row) => [...row]);
        for (let j = 0; j < n; j++) [A[p][j], A[q][j]] = [c * rowP[j] - s * rowQ[j], s * rowP[j] + c * rowQ[j]];
      }
    }
  }
  return { values: A.map((row, i) => row[i]), vectors };
}
