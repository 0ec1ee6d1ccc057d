import { expect, test } from "vitest";
import { choleskyOf, choleskyOrNull, solve, solveColumns, solveLower, solveUpper } from "../../src-main/math/cholesky";
import { random } from "../../src-main/math/random";

const draw = random(2);
const numbers = (n: number) => Float64Array.from({ length: n }, () => draw() * 2 - 1);

/** `[m, k]` times `[k, n]`, by the definition. */
const product = (a: Float64Array, b: Float64Array, m: number, k: number, n: number) =>
  Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[Math.floor(at / n) * k + i] * b[i * n + (at % n)];
    return sum;
  });
const transposed = (a: Float64Array, m: number) => a.map((_, at) => a[(at % m) * m + Math.floor(at / m)]);
const worst = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

/** Symmetric positive definite, `[m, m]`. */
function matrix(m: number): Float64Array {
  const root = numbers(m * m);
  return product(root, transposed(root, m), m, m, m).map((x, at) => x + (at % (m + 1) === 0 ? 0.5 : 0));
}

test.each([1, 2, 6, 30])(
  "the factor of a matrix of %i rows multiplies back to it, and only its lower triangle is read",
  (m) => {
    const A = matrix(m);
    const lower = A.map((x, at) => (at % m > Math.floor(at / m) ? NaN : x));
    const { L } = choleskyOf(lower, m);
    expect(worst(product(L, transposed(L, m), m, m, m), A)).toBeLessThan(1e-12);
    expect(L.every((x, at) => at % m <= Math.floor(at / m) || x === 0)).toBe(true);
  },
);

test.each([1, 2, 6, 30])("solutions of %i unknowns multiply back to the right-hand sides", (m) => {
  const A = matrix(m);
  const factor = choleskyOf(A, m);
  const b = numbers(m);
  expect(worst(product(A, solve(factor, b.slice()), m, m, 1), b)).toBeLessThan(1e-10);
  expect(worst(product(factor.L, solveLower(factor, b.slice()), m, m, 1), b)).toBeLessThan(1e-10);
  expect(worst(product(transposed(factor.L, m), solveUpper(factor, b.slice()), m, m, 1), b)).toBeLessThan(1e-10);
  const B = numbers(m * 4);
  expect(worst(product(A, solveColumns(factor, B.slice()), m, m, 4), B)).toBeLessThan(1e-10);
});

test("a matrix that is not positive definite is refused with its row and pivot, or gives null", () => {
  const rankOne = Float64Array.of(1, 2, 2, 4);
  expect(() => choleskyOf(rankOne, 2)).toThrow("matrix of 2 × 2 is not positive definite: row 1 has pivot 0");
  expect(() => choleskyOf(Float64Array.of(NaN), 1)).toThrow("row 0 has pivot NaN");
  expect(choleskyOrNull(rankOne, 2)).toBeNull();
  expect(choleskyOrNull(Float64Array.of(4), 1)).toEqual({ L: Float64Array.of(2), m: 1 });
});
