/** The results for people: aims first, then everything that was measured. */
import { CREDENTIALS, type CredentialKind, figureId } from './figure-ids.ts';
import { OPERATION_TITLES, OPERATIONS } from './operations.ts';
import { PEERS } from './peers/peers.ts';
import type { AimResult, Figure, Results } from './results.ts';
import type { Spread } from './statistics.ts';
import { type Column, shown, table } from './table.ts';

const RIGHT = { align: 'right' } as const;
const ENGINES = ['sqlite', 'postgresql'] as const;
const TITLES = { sqlite: 'SQLite', postgresql: 'PostgreSQL' } as const;

export function report(results: Results): string {
  const sections = [
    head(results),
    aims(results),
    opponents(results),
    operations(results),
    mix(results),
    alone(results),
    peers(results),
    links(results),
    eligibility(results),
    authentication(results),
    growth(results),
    starts(results),
    memory(results),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head({ surroundings }: Results): string {
  const { measuredAt, commit, machine, versions, rounds, windowMs, isQuick } = surroundings;
  const { processor, cores, memoryGiB, system } = machine;
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# What was measured',
    `${isQuick ? 'A quick run' : 'A full run'} of \`npm run bench\` on ${measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}.`,
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}. ${parts.join(', ')}.`,
    `Server, database and load generator share these cores. Medians of ${rounds} interleaved rounds of ${windowMs} ms a cell; in brackets the lowest and the highest round. A ratio is the median of the rounds' ratios. [How to read this](../../docs/benchmarks.md).`,
  ].join('\n\n');
}

function aims({ aims }: Results): string {
  const columns: Column[] = [
    { title: 'aim' },
    { title: 'wanted', ...RIGHT },
    { title: 'measured', ...RIGHT },
    { title: '' },
  ];
  return `## Aims\n\n${table(columns, aims.map(aimRow))}`;
}

function aimRow({ what, is, aim, unit, measured, isMet }: AimResult): string[] {
  const wanted = `${is} ${aim}${unit}`;
  if (!measured) return [what, wanted, 'not measured', ''];
  return [what, wanted, shown(measured.median) + unit + range(measured), isMet ? 'met' : 'missed'];
}

function range({ lowest, highest }: Spread): string {
  return lowest === highest ? '' : ` (${shown(lowest)}-${shown(highest)})`;
}

function opponents({ opponents }: Results): string {
  const lines = opponents.map(({ title, does }) => `- **${title}**: ${does}`);
  return lines.length === 0 ? '' : `## Compared with\n\n${lines.join('\n')}`;
}

function operations(results: Results): string {
  const columns: Column[] = [
    { title: 'operation' },
    { title: 'who' },
    { title: 'connections', ...RIGHT },
    { title: 'contacts/s', ...RIGHT },
    { title: 'p50 ms', ...RIGHT },
    { title: 'p99 ms', ...RIGHT },
  ];
  const rows = OPERATIONS.flatMap((operation) =>
    (['sqlite', 'postgresql', 'no-storage'] as const).flatMap((who) =>
      CONNECTIONS.flatMap((connections) => {
        const row = (id: string, name: string) => {
          const figure = results.figures.find((each) => each.id === id);
          return figure ? [[OPERATION_TITLES[operation], name, String(connections), ...latencies(figure)]] : [];
        };
        if (who === 'no-storage') return row(figureId.noStorage(operation, connections), 'no storage');
        return [
          ...row(figureId.optio(who, operation, connections), `Optio, ${TITLES[who]}`),
          ...row(figureId.oneTransaction(who, operation, connections), `one transaction a request, ${TITLES[who]}`),
        ];
      }),
    ),
  );
  return section('Operations', columns, rows);
}

const CONNECTIONS = [1, 16, 64, 256];

function mix(results: Results): string {
  const columns: Column[] = [
    { title: 'who' },
    { title: 'connections', ...RIGHT },
    { title: 'requests' },
    { title: 'requests/s', ...RIGHT },
    { title: 'p50 ms', ...RIGHT },
    { title: 'p99 ms', ...RIGHT },
  ];
  const parts = { 'reads-alone': 'reads alone', reads: 'reads of the mix', writes: 'writes of the mix' } as const;
  const rows = ENGINES.flatMap((engine) =>
    CONNECTIONS.flatMap((connections) =>
      (['reads-alone', 'reads', 'writes'] as const).flatMap((part) => {
        const figure = results.figures.find(({ id }) => id === figureId.mix(engine, connections, part));
        return figure ? [[`Optio, ${TITLES[engine]}`, String(connections), parts[part], ...latencies(figure)]] : [];
      }),
    ),
  );
  return section('Mix, 90 % reads and 10 % writes, by autocannon', columns, rows);
}

function latencies(figure: Figure): string[] {
  const latency = (spread: Spread | undefined) => (spread ? shown(spread.median) : '');
  return [rate(figure), latency(figure.p50Ms), latency(figure.p99Ms)];
}

function alone(results: Results): string {
  const columns: Column[] = [
    { title: 'engine alone' },
    { title: 'rows a transaction', ...RIGHT },
    { title: 'rows/s', ...RIGHT },
  ];
  const rows = ENGINES.flatMap((engine) =>
    [1, 100, 1_000].flatMap((rowsPerTransaction) => {
      const figure = results.figures.find(({ id }) => id === figureId.alone(engine, rowsPerTransaction));
      return figure ? [[TITLES[engine], rowsPerTransaction.toLocaleString('en'), rate(figure)]] : [];
    }),
  );
  return section('Engines alone', columns, rows);
}

function peers(results: Results): string {
  const columns: Column[] = [
    { title: 'peer' },
    { title: 'writes/s', ...RIGHT },
    { title: 'p50 ms', ...RIGHT },
    { title: 'p99 ms', ...RIGHT },
  ];
  const rows = PEERS.flatMap(({ name, title }) => {
    const figure = results.figures.find(({ id }) => id === figureId.peer(name));
    return figure ? [[title, ...latencies(figure)]] : [];
  });
  return section('Peers, single writes, 64 connections', columns, rows);
}

function links(results: Results): string {
  const columns: Column[] = [
    { title: 'what' },
    { title: 'who' },
    { title: 'a second', ...RIGHT },
    { title: 'p50 ms', ...RIGHT },
    { title: 'p99 ms', ...RIGHT },
  ];
  const row = (what: string, who: string, id: string) => {
    const figure = results.figures.find((each) => each.id === id);
    return figure ? [[what, who, ...latencies(figure)]] : [];
  };
  const rows = [
    ...row('links sealed', 'sealing alone', figureId.sealing),
    ...ENGINES.flatMap((engine) => row('links made by batches', `Optio, ${TITLES[engine]}`, figureId.links(engine))),
    ...ENGINES.flatMap((engine) => row('one clicks', `Optio, ${TITLES[engine]}`, figureId.oneClick(engine))),
  ];
  return section('Links', columns, rows);
}

function eligibility(results: Results): string {
  const columns: Column[] = [{ title: 'asked by' }, { title: 'who' }, { title: 'contacts/s', ...RIGHT }];
  const ways = { calls: 'calls of 10 000 in JSON', lines: 'a list of lines' } as const;
  const rows = (['calls', 'lines'] as const).flatMap((by) =>
    ENGINES.flatMap((engine) => {
      const figure = results.figures.find(({ id }) => id === figureId.eligibility(engine, by));
      return figure ? [[ways[by], `Optio, ${TITLES[engine]}`, rate(figure)]] : [];
    }),
  );
  return section('Eligibility at send time', columns, rows);
}

const CREDENTIAL_TITLES: Readonly<Record<CredentialKind, string>> = {
  private: 'private token',
  access: 'access token by OAuth',
  issued: "a trusted issuer's access token",
};

function authentication(results: Results): string {
  const columns: Column[] = [
    { title: 'token' },
    { title: 'to know it, ns', ...RIGHT },
    { title: 'a whole request, µs', ...RIGHT },
  ];
  const cost = (id: string, unitsASecond: number) => {
    const figure = results.figures.find((each) => each.id === id);
    return figure ? [shown(unitsASecond / figure.perSecond.median)] : [];
  };
  const rows = CREDENTIALS.flatMap((kind) => {
    const costs = [...cost(figureId.known(kind), 1e9), ...cost(figureId.asked(kind), 1e6)];
    return costs.length > 0 ? [[CREDENTIAL_TITLES[kind], ...costs]] : [];
  });
  return section('Who is asking, in processor time', columns, rows);
}

function growth(results: Results): string {
  const columns: Column[] = [
    { title: 'operation' },
    { title: 'engine' },
    { title: 'subscribers' },
    { title: 'contacts/s', ...RIGHT },
    { title: 'p50 ms', ...RIGHT },
    { title: 'p99 ms', ...RIGHT },
  ];
  const sizes = { small: '100 thousand', large: '10 million' } as const;
  const rows = ENGINES.flatMap((engine) =>
    OPERATIONS.flatMap((operation) =>
      (['small', 'large'] as const).flatMap((size) => {
        const figure = results.figures.find(({ id }) => id === figureId.growth(engine, operation, size));
        return figure ? [[OPERATION_TITLES[operation], TITLES[engine], sizes[size], ...latencies(figure)]] : [];
      }),
    ),
  );
  return section('Growth, 64 connections', columns, rows);
}

function starts({ starts }: Results): string {
  const columns: Column[] = [{ title: 'start to first answer' }, { title: 'ms', ...RIGHT }];
  return section(
    'Start',
    columns,
    starts.map(({ title, tookMs }) => [title, shown(tookMs.median) + range(tookMs)]),
  );
}

function memory({ memory }: Results): string {
  const columns: Column[] = [{ title: 'resident memory, the most after any load' }, { title: 'MB', ...RIGHT }];
  const rows = memory.map(({ title, residentBytes }) => [title, shown(residentBytes / 1e6)]);
  return section('Memory', columns, rows);
}

function rate({ perSecond }: Figure): string {
  return shown(perSecond.median) + range(perSecond);
}

function section(title: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `## ${title}\n\n${table(columns, rows)}`;
}
