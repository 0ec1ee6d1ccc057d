/**
 * The binary tree of hierarchical softmax. Frequent words have short paths, so fewer inner nodes are trained for them.
 */
export interface HuffmanTree {
  /** `[V + 1]` word w's path is at `start[w]` to `start[w + 1]` of the two arrays below, from the root down */
  start: Int32Array<SharedArrayBuffer>;
  /** Inner nodes on the path, `0 ≤ node < V − 1`; the root is V − 2. */
  nodes: Int32Array<SharedArrayBuffer>;
  /** The branch taken at each node: 0 or 1. */
  bits: Uint8Array<SharedArrayBuffer>;
  /** Length of the longest path, in nodes. */
  depth: number;
}

/**
 * Two queues, words by rising count and inner nodes in the order they were created, give the two rarest each time: O(V)
 * after sorting.
 * @param counts `[V]`, falling, V ≥ 2
 * @throws RangeError when counts rise, or there are fewer than two
 */
export function huffmanTree(counts: Float64Array): HuffmanTree {
  const V = counts.length;
  if (V < 2) throw new RangeError(`a tree needs at least 2 words, not ${V}`);
  const rising = counts.findIndex((count, i) => i > 0 && count > counts[i - 1]);
  if (rising > 0)
    throw new RangeError(`count ${rising} is ${counts[rising]}, above the ${counts[rising - 1]} before it`);

  // Nodes 0 to V − 1 are words, V to 2V − 2 inner nodes.
  const weights = new Float64Array(2 * V - 1);
  weights.set(counts);
  const parent = new Int32Array(2 * V - 1);
  const bit = new Uint8Array(2 * V - 1);
  let word = V - 1;
  let inner = V;
  for (let made = V; made < 2 * V - 1; made++) {
    const rarest = () => (word >= 0 && (inner >= made || weights[word] <= weights[inner]) ? word-- : inner++);
    const [first, second] = [rarest(), rarest()];
    weights[made] = weights[first] + weights[second];
    parent[first] = parent[second] = made;
    bit[second] = 1;
  }
  return pathsFromRoot(parent, bit, V);
}

function pathsFromRoot(parent: Int32Array, bit: Uint8Array, V: number): HuffmanTree {
  const root = 2 * V - 2;
  const depths = new Int32Array(2 * V - 1);
  // A parent is created after its children.
  for (let node = root - 1; node >= 0; node--) depths[node] = depths[parent[node]] + 1;
  const start = new Int32Array(new SharedArrayBuffer(4 * (V + 1)));
  for (let w = 0; w < V; w++) start[w + 1] = start[w] + depths[w];
  const nodes = new Int32Array(new SharedArrayBuffer(4 * start[V]));
  const bits = new Uint8Array(new SharedArrayBuffer(start[V]));
  for (let w = 0; w < V; w++) {
    for (let node = w, at = start[w + 1] - 1; node !== root; node = parent[node], at--) {
      nodes[at] = parent[node] - V;
      bits[at] = bit[node];
    }
  }
  return { start, nodes, bits, depth: depths.reduce((a, b) => Math.max(a, b), 0) };
}
