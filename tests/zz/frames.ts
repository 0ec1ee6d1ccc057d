import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { scene } from "../fixtures/scene";
import { createClient } from "../../src-preload/client";
import { inServedWindow } from "../benchmark/served-window";
const N = 24;
const pics = await Promise.all(Array.from({ length: N }, async (_, i) => new Uint8Array(await sharp(await scene(i + 1, 512, 384), { raw: { width: 512, height: 384, channels: 3 } }).jpeg({ quality: 80 }).toBuffer())));
const way = process.argv[2] ?? "keys"; const learning = process.argv[3] === "learn"; const chunkMs = Number(process.argv[4] ?? 200);
await inServedWindow({ photos: 100000, picture: (p) => ({ bytes: pics[p % N] as any, type: "image/jpeg", version: "1" }) }, async ({ page, imagined }) => {
  await page.until(`document.querySelector("[role=grid] [role=gridcell]")`);
  await sleep(3000);
  const engine = createClient(imagined); let labelled = 0, step = 0, job = 900; const chunk = Math.round(1.6 * chunkMs);
  const timers = learning ? [
    setInterval(() => { imagined.emit("photos", { changed: Array.from({ length: chunk }, (_, i) => 100000 - ((labelled + i) % 100000)) }); labelled += chunk; }, chunkMs),
    setInterval(() => { imagined.emit("job", { job, kind: "learn", state: "running", done: labelled, total: 100000, perSecond: 1700, secondsLeft: 40, message: null } as any);
      imagined.emit("loss", Array.from({ length: 10 }, () => ({ job, step: (step++ % 150) + 1, steps: 150, loss: 0.5 })) as any); if (step % 150 === 0) job++; }, chunkMs),
    setInterval(async () => imagined.emit("library", (await engine.library())!), 500),
  ] : [];
  for (let round = 0; round < 3; round++) {
    await page.evaluate(`document.querySelector("[role=grid]").focus()`);
    await page.press("Home"); await sleep(1000);
    const events = await page.trace(["toplevel", "devtools.timeline"], async () => {
      if (way === "keys") for (let i = 0; i < 180; i++) { await page.press(i % 4 === 3 ? "ArrowDown" : "ArrowRight"); await sleep(33); }
      else if (way === "pages") for (let i = 0; i < 60; i++) { await page.press("PageDown"); await sleep(100); }
    }) as any[];
    const fr = events.filter((e) => e.name === "AnimationFrame" && e.ph === "b"); const { pid, tid } = fr[0];
    const begins = fr.filter((e) => e.pid === pid && e.tid === tid).map((e) => e.ts).sort((a, b) => a - b);
    const mine = events.filter((e) => e.pid === pid && e.tid === tid && e.ph === "X").sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
    const frames = begins.map(() => ({ w: 0, by: new Map<string, number>(), n: new Map<string, number>() }));
    let frame = -1; const stack: any[] = [];
    for (const e of mine) {
      const top = e.name === "ThreadControllerImpl::RunTask";
      while (stack.length && stack.at(-1).ts + (stack.at(-1).dur ?? 0) <= e.ts) stack.pop();
      if (!stack.length && top) { while (frame + 1 < begins.length && begins[frame + 1] < e.ts + (e.dur ?? 0)) frame++; }
      const t = (e.tdur ?? e.dur ?? 0) / 1000;
      if (frame >= 0) {
        const f = frames[frame]; let label = e.name; if (label === "FunctionCall") label += " " + String(e.args?.data?.functionName ?? "").slice(0, 18); if (label === "EventDispatch") label += " " + e.args?.data?.type; 
        if (!stack.length && top) f.w += t;
        f.by.set(label, (f.by.get(label) ?? 0) + t); f.n.set(label, (f.n.get(label) ?? 0) + 1);
        const parent = stack.at(-1); if (parent) { f.by.set(parent.label, (f.by.get(parent.label) ?? 0) - t); }
        e.label = label;
      } else e.label = e.name;
      stack.push(e);
    }
    const all = frames.slice(20, -1).sort((a, b) => a.w - b.w); const q = (p: number) => all[Math.floor(p * (all.length - 1))].w.toFixed(1);
    console.log(`${way} ${learning} round ${round}: ${all.length} frames p50 ${q(.5)} p90 ${q(.9)} p95 ${q(.95)} p99 ${q(.99)}`);
    if (round === 1) for (const [title, set] of [["p92–p98", all.slice(Math.floor(all.length * .92), Math.floor(all.length * .98))], ["p40–p60", all.slice(Math.floor(all.length * .4), Math.floor(all.length * .6))]] as const) {
      const sum = new Map<string, [number, number]>();
      for (const f of set) for (const [k, v] of f.by) { const s = sum.get(k) ?? [0, 0]; s[0] += v; s[1] += f.n.get(k)!; sum.set(k, s); }
      console.log(title, (set.reduce((s, f) => s + f.w, 0) / set.length).toFixed(2)); for (const [k, [v, n]] of [...sum].sort((a, b) => b[1][0] - a[1][0]).slice(0, 24)) console.log("   ", (v / set.length).toFixed(2), (n / set.length).toFixed(1), k);
    }
  }
  timers.forEach(clearInterval);
});
