import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const dashboard = new URL('../../../collector/dashboard/', import.meta.url);

/** The browser tests look at what the collector will serve: the built page, made anew before they run. */
export default async function build(): Promise<void> {
  const vite = pathToFileURL(createRequire(new URL('package.json', dashboard)).resolve('vite')).href;
  const { build: run } = (await import(vite)) as { build: (options: object) => Promise<unknown> };
  await run({ root: fileURLToPath(dashboard), logLevel: 'error' });
}
