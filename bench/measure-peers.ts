/** Peers under the load that Optio's single writes are under, measured in the same rounds. */
import { findFreePort } from '../test/support/free-port.ts';
import type { Bench, Opponent } from './bench.ts';
import { figureId } from './figure-ids.ts';
import { runMixed } from './load-generators/autocannon.ts';
import { assertNothingRefused, LoadFailed, runLoad } from './load-generators/load-generator.ts';
import { installPeers, wantedVersions } from './peers/install.ts';
import { PEERS, type Peer } from './peers/peers.ts';
import { type Cell, toSample } from './rounds.ts';
import { COMPARED_AT } from './scale.ts';
import { startServer } from './server-process.ts';

export interface PeerCells {
  readonly cells: readonly Cell[];
  readonly opponents: readonly Opponent[];
  readonly versions: readonly string[];
}

/** One cell a peer; none where they cannot be installed. `openApi` is what Prism is to mock. */
export async function peerCells(bench: Bench, openApi: string): Promise<PeerCells> {
  try {
    await installPeers(bench.progress);
  } catch (error) {
    bench.progress.step(`without the peers: ${error instanceof Error ? error.message : error}`);
    return { cells: [], opponents: [], versions: [] };
  }
  const cells: Cell[] = [];
  for (const peer of PEERS) {
    cells.push(
      await peerCell(bench, peer, openApi).catch((error: unknown) => {
        throw new Error(`${peer.title}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }),
    );
  }
  return {
    cells,
    opponents: PEERS.map(({ title, does }) => ({ title, does: `${does} Loaded by autocannon.` })),
    versions: Object.entries(wantedVersions()).map(([name, version]) => `${name} ${version}`),
  };
}

async function peerCell({ scratch, scale }: Bench, peer: Peer, openApi: string): Promise<Cell> {
  const folder = await scratch.folder();
  const server = await startServer(scratch, await peer.command(folder, await findFreePort(), openApi));
  let position = 0;
  const load = (durationMs: number) =>
    runLoad(async (duration) => {
      const operations = [{ operation: peer.name, share: 1 }];
      const common = { url: server.url, connections: COMPARED_AT, population: scale.population, position, seed: 0 };
      const measured = await runMixed({ ...common, operations, durationMs: duration });
      position += measured[0]!.issued;
      assertNothingRefused(measured[0]!);
      return measured;
    }, durationMs);
  await checkKept(peer, folder, load);
  return {
    name: peer.title,
    measure: async () => {
      const [measured] = await load(scale.windowMs * TIMES_LONGER);
      return { [figureId.peer(peer.name)]: toSample(measured!, 1) };
    },
  };
}

/** Warms it up, and fails unless what it answered is where it is said to keep it. */
async function checkKept(
  peer: Peer,
  folder: string,
  load: (durationMs: number) => ReturnType<typeof runLoad>,
): Promise<void> {
  const [measured] = await load(WARM_UP_MS);
  if (!peer.countKept) return;
  const kept = await peer.countKept(folder);
  if (kept < measured!.answered)
    throw new LoadFailed(`${peer.title} answered ${measured!.answered} writes, kept ${kept}`);
}

const WARM_UP_MS = 1_000;
/** What takes half a second an answer is not judged by one second. */
const TIMES_LONGER = 2;
