import { deepStrictEqual as assertEquals, ok as assert, throws } from "node:assert/strict";
import fc from "fast-check";
import { Histogram, MetricsWriter } from "./metrics.ts";

Deno.test("Histogram: quantiles are within 1.1 % of the nearest rank", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 1e15, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const h = new Histogram();
        for (const v of values) h.record(v);
        values.sort((a, b) => a - b);
        const exact = values[Math.max(1, Math.ceil(q * values.length)) - 1]!;
        return Math.abs(h.quantile(q) / exact - 1) < 0.011;
      },
    ),
  );
});

Deno.test("Histogram: mean, rms and extremes are exact; magnitudes count, NaN does not", () => {
  const h = new Histogram();
  assertEquals([h.mean, h.rms, h.quantile(0.5), h.most], [NaN, NaN, NaN, NaN]);
  for (const v of [3, -4, NaN, Infinity]) h.record(v);
  assertEquals([h.count, h.sum, h.mean, h.rms], [2, 7, 3.5, Math.sqrt(12.5)]);
  assertEquals([h.least, h.most, h.quantile(1), h.quantile(0)], [3, 4, 4, h.quantile(0.5)]);
  h.record(0);
  assertEquals([h.least, h.quantile(0.1), h.atMost(0), h.atMost(10)], [0, 0, 1, 3]);
});

Deno.test("Histogram: merge() counts as if all had been recorded in one", () => {
  const [a, b, both] = [new Histogram(), new Histogram(), new Histogram()];
  for (let k = 1; k < 500; k++) {
    (k % 3 === 0 ? a : b).record(k * k);
    both.record(k * k);
  }
  a.merge(b);
  for (const q of [0, 0.1, 0.5, 0.99, 1]) assertEquals(a.quantile(q), both.quantile(q));
  assertEquals([a.count, a.sum, a.least, a.most], [both.count, both.sum, 1, 499 * 499]);
  a.clear();
  assertEquals([a.count, a.quantile(0.5)], [0, NaN]);
});

Deno.test("MetricsWriter: the exposition format, escaped", () => {
  const w = new MetricsWriter();
  w.family("rptp_packets_total", "counter", "Packets\nof \\ all");
  w.value({}, 3);
  w.value({ iface: 'a"b\\c\nd', way: "in" }, Infinity);
  assertEquals(
    w.text(),
    "# HELP rptp_packets_total Packets\\nof \\\\ all\n# TYPE rptp_packets_total counter\n" +
      'rptp_packets_total 3\nrptp_packets_total{iface="a\\"b\\\\c\\nd",way="in"} +Inf\n',
  );
  throws(() => w.family("0bad", "gauge", ""));
  throws(() => w.value({ "a-b": "" }, 0));
});

Deno.test("MetricsWriter: histograms are cumulative and end in +Inf", () => {
  const h = new Histogram();
  for (const v of [100, 200, 3000]) h.record(v);
  const w = new MetricsWriter();
  w.family("d_seconds", "histogram", "Delay.");
  w.histogram({ p: "1" }, h, [128, 1024], 1e-9);
  w.family("q_seconds", "summary", "Delay.");
  w.summary({}, h, [1], 1);
  const lines = w.text().split("\n");
  assertEquals(lines.slice(2, 4), [
    'd_seconds_bucket{p="1",le="1.28e-7"} 1',
    'd_seconds_bucket{p="1",le="0.000001024"} 2',
  ]);
  assertEquals(lines[4], 'd_seconds_bucket{p="1",le="+Inf"} 3');
  assert(lines[5]!.startsWith('d_seconds_sum{p="1"} 0.0000033'));
  assertEquals(lines.slice(9, 12), [
    'q_seconds{quantile="1"} 3000',
    "q_seconds_sum 3300",
    "q_seconds_count 3",
  ]);
});
