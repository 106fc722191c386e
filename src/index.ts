/** What the package offers to Node.js programs: a stand-in for HubSpot in their tests. */
export type { ApprovalOptions } from './emulator/approve.ts';
export type { Failure, FaultRule, Faults, Latency } from './emulator/faults.ts';
export type { KeptMessage } from './emulator/kept-messages.ts';
export type { ReceivedRequest } from './emulator/received-requests.ts';
export type * from './emulator/seed.ts';
export { type Optio, type OptioClock, type OptioOptions, startOptio } from './emulator/start-optio.ts';
