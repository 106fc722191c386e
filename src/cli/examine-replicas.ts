/** The check of `optio doctor` that concerns replicas: may they be read from. */
import type { Store } from '../storage/port.ts';
import { type Finding, ok, problem } from './finding.ts';

const FIND_OUT = 'check OPTIO_READ_DATABASE_URL, and that it runs and follows the primary of OPTIO_DATABASE_URL';
const CATCH_UP = 'find out what keeps it, or allow more with OPTIO_READ_STALENESS; the primary is read meanwhile';

export async function examineReplicas({ replicas }: Pick<Store, 'replicas'>): Promise<Finding[]> {
  if (!replicas) return [];
  return (await replicas.look()).map(({ name, stalenessMs, isRead, isPrimary }) => {
    if (isPrimary) return ok('replicas', `${name} is the primary now`);
    if (stalenessMs === null)
      return problem('replicas', `${name} is not known to be a replica of the primary`, FIND_OUT);
    const said = `${name} is ${(stalenessMs / 1_000).toFixed(2)} s behind at most`;
    return isRead ? ok('replicas', said) : problem('replicas', `${said}, which is too far`, CATCH_UP);
  });
}
