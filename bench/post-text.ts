/** One request that posts a text and whose answer is read whole, for what no load generator can send. */
import { type Agent, request } from 'node:http';
import { LoadFailed } from './load-generators/load-generator.ts';

/** The answer's text. Rejects where the status is not 200. */
export async function postText(
  url: URL,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end(body);
  });
  if (status !== 200) throw new LoadFailed(`${url.pathname.slice(0, 30)} was answered ${status}`);
  return text;
}
