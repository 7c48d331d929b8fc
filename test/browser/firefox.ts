/** Firefox, as it is installed, over WebDriver BiDi: no driver program in between. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BidiSession } from './bidi.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

/** Nothing but 127.0.0.1 can be reached: all else goes to a proxy that is not there. */
const PREFERENCES = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

/** Opens `url` in a fresh profile and gives what the expression's promise resolves to. */
export async function inFirefox(executable: string, url: string, expression: string): Promise<string> {
  return withFolder('firefox', async (profile) => {
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    await writeFile(join(profile, 'user.js'), lines.join(''));
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile];
    const firefox = OwnProcess.start(executable, args, { HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' });
    let asked = false;
    try {
      const address = await firefox.says(/WebDriver BiDi listening on (ws:\/\/\S+)/);
      const session = await BidiSession.open(address);
      try {
        return await session.evaluate(url, expression);
      } finally {
        asked = await session.closeBrowser().then(
          () => true,
          () => false,
        );
        session.disconnect();
      }
    } finally {
      await firefox.end({ asked });
    }
  });
}
