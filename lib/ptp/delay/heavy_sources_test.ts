import { ok } from "node:assert/strict";
import { Random } from "../../base/random.ts";
import { type Instant, instant } from "../../base/time.ts";
import { Received } from "../received.ts";
import { HeavySources } from "./heavy_sources.ts";

/** Requests as a port sees them: turns of up to 512, then all responses are written. */
class Crowd {
  readonly sources = new HeavySources(new Random(1, "test"));
  readonly #m = new Received();
  #sinceTurn = 0;

  ask(at: number, peer: number, identity: number): boolean {
    this.#m.at = instant(at) as Instant;
    this.#m.peer = peer;
    this.#m.source.high = 0x020000ff;
    this.#m.source.low = identity;
    this.#m.source.port = 1;
    const isAdmitted = this.sources.admits(this.#m);
    if (++this.#sinceTurn === 512) this.endTurn();
    return isAdmitted;
  }

  endTurn(): void {
    this.#sinceTurn = 0;
    this.sources.drained();
  }
}

/** 1,000 polite slaves at 1/s each for two seconds, beside a flooder at 200,000/s. */
function polite(flooder: (n: number) => [peer: number, identity: number]) {
  const crowd = new Crowd();
  let answered = 0;
  let flood = 0;
  for (let n = 0; n < 402_000; n++) {
    const at = n * 2e9 / 402_000;
    if (n % 201 !== 0) {
      const [peer, identity] = flooder(n);
      if (crowd.ask(at, peer, identity)) flood++;
    } else if (crowd.ask(at, 2 + n / 201 % 1000, n / 201 % 1000)) answered++;
  }
  return { share: answered / 2000, flood };
}

Deno.test("HeavySources: beside one identity at 200,000/s 1,000 polite slaves are answered", () => {
  const { share, flood } = polite(() => [1, 0xffff_ffff]);
  ok(share >= 0.999, `${share}`);
  ok(flood < 60_000, `${flood} of 400,000 of the flood`);
});

Deno.test("HeavySources: beside one address with 65,536 identities, too", () => {
  const { share, flood } = polite((n) => [1, 0xffff_0000 + n % 65_536]);
  ok(share >= 0.999, `${share}`);
  ok(flood < 60_000, `${flood} of 400,000 of the flood`);
});

Deno.test("HeavySources: beside an identity that comes from 4,000 addresses, too", () => {
  const { share, flood } = polite((n) => [2000 + n % 4000, 0xffff_ffff]);
  ok(share >= 0.999, `${share}`);
  ok(flood < 60_000, `${flood} of 400,000 of the flood`);
});

Deno.test("HeavySources: all asking alike are all answered, from one address or many", () => {
  for (const peer of [() => 7, (n: number) => n % 4000]) {
    const crowd = new Crowd();
    for (let n = 0; n < 300_000; n++) {
      ok(crowd.ask(n * 3333, peer(n), n % 4000), `request ${n}`);
    }
  }
});

Deno.test("HeavySources: a source may ask as it likes while nobody is in need", () => {
  const crowd = new Crowd();
  for (let n = 0; n < 20_000; n++) {
    ok(crowd.ask(n * 50_000, 1, 1));
    if (n % 200 === 0) crowd.endTurn();
  }
});

Deno.test("HeavySources: pressure ends with the window after the one it was in", () => {
  const crowd = new Crowd();
  for (let n = 0; n < 512 * 4; n++) crowd.ask(n * 1000, n % 7 === 0 ? 2 + n : 1, n);
  const before = crowd.sources.shed;
  ok(before > 0);
  for (let n = 0; n < 1000; n++) {
    ok(crowd.ask(300e6 + n * 1e6, 1, n));
    crowd.endTurn();
  }
  ok(crowd.sources.shed === before);
});
