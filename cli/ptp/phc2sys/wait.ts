/**
 * `-w`: asks a running PTP clock by its management socket until it is in time with something, and for
 * its currentUtcOffset.
 * @module
 */
import { after, type Nanos } from "../../../lib/base/time.ts";
import { parseCommand } from "../../../lib/ptp/management/command.ts";
import type { Values } from "../../../lib/ptp/management/kind.ts";
import { valuesOf } from "../../../lib/ptp/management/print.ts";
import { PortState } from "../../../lib/ptp/state.ts";
import { portIdentity } from "../../../lib/ptp/wire/identity.ts";
import type { Kit } from "../../kit/kit.ts";
import { type Asked, ManagementClient } from "../pmc/client.ts";
import { openManagementSocket, waitFor } from "../pmc/wiring.ts";
import { rawNow } from "../wiring.ts";

const TIMEOUT = 1e9 as Nanos;
/** Between two questions, ns. */
const PERIOD = 1e9 as Nanos;
const OWN_MODE = 0o600;
/** A port in one of these has a timescale to give. */
const SYNCHRONIZED: readonly unknown[] = [PortState.Slave, PortState.Master];

/** What `-w` found out. */
export interface Session {
  /** `undefined` where the clock does not vouch for it. */
  readonly currentUtcOffset: number | undefined;
}

/** Where and what to ask. */
export interface WaitPlan {
  readonly server: string;
  readonly domain: number;
}

/** Waits for a port in SLAVE or MASTER; `undefined` where the command was stopped before. */
export async function waitForSession(kit: Kit, plan: WaitPlan): Promise<Session | undefined> {
  const socket = openManagementSocket(`/tmp/rptp-phc2sys.${Deno.pid}`, OWN_MODE);
  const wait = waitFor(socket);
  const wake = () => wait.wake();
  kit.signal.addEventListener("abort", wake);
  const client = new ManagementClient(socket, wait, {
    server: plan.server,
    domainNumber: plan.domain,
    majorSdoId: 0,
    boundaryHops: 0,
    timeout: TIMEOUT,
    now: rawNow,
    isStopping: () => kit.isStopping,
    source: portIdentity(0, 0, Deno.pid % 0xfffe + 1),
  });
  try {
    let isTold = false;
    while (!kit.isStopping) {
      const states = (await ask(client, "PORT_DATA_SET")).map((one) => one["portState"]);
      if (states.some((state) => SYNCHRONIZED.includes(state))) {
        const currentUtcOffset = await utcOffset(client);
        kit.json("session", { server: plan.server, currentUtcOffset: currentUtcOffset ?? null });
        return { currentUtcOffset };
      }
      if (!isTold) kit.say(`waiting for the PTP clock at ${plan.server}`);
      isTold = true;
      await client.next(after(rawNow(), PERIOD));
    }
    return undefined;
  } finally {
    kit.signal.removeEventListener("abort", wake);
    wait.close();
    socket.close();
  }
}

async function utcOffset(client: ManagementClient): Promise<number | undefined> {
  const [values] = await ask(client, "TIME_PROPERTIES_DATA_SET");
  const flags = values?.["flags"] as Readonly<Record<string, boolean>> | undefined;
  const isGood = flags?.["ptpTimescale"] === true && flags["currentUtcOffsetValid"] === true;
  const offset = values?.["currentUtcOffset"];
  return isGood && typeof offset === "number" ? offset : undefined;
}

/** The values of each answer; none where nobody answers. */
async function ask(client: ManagementClient, name: string): Promise<Values[]> {
  const asked = parseCommand(`GET ${name}`) as Asked;
  const answers = await client.ask(asked, () => {}) ?? [];
  return answers.flatMap(({ view, m }) => {
    const read = m.error === 0 ? valuesOf(view, m) : undefined;
    return read === undefined ? [] : [read.values];
  });
}
