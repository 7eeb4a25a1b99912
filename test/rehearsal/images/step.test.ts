import { parseDockerfile } from '../../../rehearsal/images/dockerfile/dockerfile';
import { type RunPolicy, runStep } from '../../../rehearsal/images/step';

const step = (text: string, policy: RunPolicy = 'confined', workdir = '/app') =>
  runStep(parseDockerfile(`FROM x\nRUN ${text}`)[1]!, workdir, policy);

test.each([
  ['npm ci --omit=dev', ['npm ci --omit=dev']],
  ['["npm", "ci"]', ['npm ci']],
  ['pip install --no-cache-dir -r requirements.txt', ['pip install --no-cache-dir -r requirements.txt']],
  ['CGO_ENABLED=0 go build -o /app/server ./cmd', ['go build -o /app/server ./cmd']],
  ['./mvnw -q package -DskipTests', ['./mvnw -q package -DskipTests']],
  ['set -eux; cd web && npm run build', ['npm run build']],
  ['if [ -f yarn.lock ]; then yarn; elif [ -f package-lock.json ]; then npm ci; else exit 1; fi', ['yarn', 'npm ci']],
  ['rm -rf /var/lib/apt/lists/*', ['rm -rf /var/lib/apt/lists/*']],
])('RUN %s runs, as it stays in the folder', (text, runs) => {
  expect(step(text)).toMatchObject({ runs, omits: [] });
  expect(step(text).problem).toBeUndefined();
});

test.each([
  ['apt-get update && apt-get install -y curl', ': && :'],
  ['apk add --no-cache python3 && npm ci && apk del python3', ': && npm ci && :'],
  ['addgroup -S app && adduser -S app -G app', ': && :'],
])('RUN %s leaves out what only a container needs', (text, script) => {
  expect(step(text).script).toBe(script);
  expect(step(text).problem).toBeUndefined();
});

test.each([
  ['uv pip install --system -r requirements.txt', 'uv pip install -r requirements.txt'],
  ['uv --quiet pip sync requirements.txt --system', 'uv --quiet pip sync requirements.txt'],
  ['UV_SYSTEM_PYTHON=1 uv pip install flask', 'UV_SYSTEM_PYTHON=0 uv pip install flask'],
  ['export UV_SYSTEM_PYTHON="true"; uv pip install flask', 'export UV_SYSTEM_PYTHON=0; uv pip install flask'],
])("RUN %s installs into the image's environment, not into this machine's Python", (text, script) => {
  expect(step(text).script).toBe(script);
});

test.each([
  ['curl -fsSL https://example.com/install | sh', 'curl is not known'],
  ['npm ci && wget https://example.com/x', 'wget is not known'],
  ['echo $(curl https://example.com)', 'curl is not known'],
  ['echo "`curl https://example.com`"', 'curl is not known'],
  ['$TOOL install', 'its program is $TOOL'],
  ['find / -exec rm {} +', 'find -exec'],
  ['./configure && make && make install', 'make install'],
  ['make -C lib install-strip', 'make install'],
  ['ls | xargs frobnicate', 'frobnicate is not known'],
  ['env A=1 frobnicate', 'frobnicate is not known'],
  ['rm -rf ../../x', "leaves the image's folder"],
  ['cd / && rm -rf ../x', "leaves the image's folder"],
  ['cd $X && rm -rf ../x', "leaves the image's folder"],
  ['cd .. && rm -rf ../x', "leaves the image's folder"],
  ["sh -c 'rm -rf ~'", 'sh is not known'],
  ['echo "unfinished', 'does not end'],
])('RUN %s does not run by itself, but with build.run: all', (text, problem) => {
  expect(step(text).problem).toContain(problem);
  expect(step(text, 'all').problem).toBeUndefined();
});

test('with build.run: none no step runs', () => {
  expect(step('npm ci', 'none').problem).toContain('build.run is none');
  expect(step('apk add curl', 'none').problem).toBeUndefined();
});
