/** Indices of the k highest scores in descending order; ties go to the lower index. */
export function highest(scores: Float32Array, k: number): number[] {
  // A min-heap of size k: nearly every score is rejected by one comparison with the root.
  const heap: number[] = [];
  const below = (a: number, b: number) => scores[a] < scores[b] || (scores[a] === scores[b] && a > b);
  for (let i = 0; i < scores.length && k > 0; i++) {
    if (heap.length === k && !below(heap[0], i)) continue;
    let at: number;
    if (heap.length < k) {
      for (at = heap.length; at > 0 && below(i, heap[(at - 1) >> 1]); at = (at - 1) >> 1)
        heap[at] = heap[(at - 1) >> 1];
    } else {
      for (at = 0; ;) {
        let child = 2 * at + 1;
        if (child + 1 < k && below(heap[child + 1], heap[child])) child++;
        if (child >= k || !below(heap[child], i)) break;
        heap[at] = heap[child];
        at = child;
      }
    }
    heap[at] = i;
  }
  return heap.sort((a, b) => scores[b] - scores[a] || a - b);
}
