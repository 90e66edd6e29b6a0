/* The control page: live status, a sentence to try, and how to install the button. */
'use strict';

const ZH = navigator.language.toLowerCase().startsWith('zh');
const POLL_MS = 2000;
const PLUGIN = '/static/AI_button_browser_plugin.js';
const TOKEN_KEY = 'voice-assistant-token';
const USUAL_SERVICE = 'http://127.0.0.1:8889';
// 127.0.0.1 rather than localhost: the cookies of other services on localhost then stay at home.
const SERVICE = location.origin.replace('//localhost', '//127.0.0.1');

// The button script, loaded after this one, reads these two.
window.VOICE_ASSISTANT_URL = location.origin;
window.VOICE_ASSISTANT_TOKEN = sessionStorage.getItem(TOKEN_KEY) ?? '';

const WORDS = {
  healthy: ['就绪', 'Ready'],
  idle: ['空闲', 'Idle'],
  loading: ['模型加载中', 'Loading the model'],
  unhealthy: ['有问题', 'Not well'],
  unreachable: ['连接不上', 'Not reachable'],
  locked: ['需要令牌', 'Needs the token'],
  restart: ['服务没有回答。请运行 python start.py。', 'The service does not answer. Run python start.py.'],
  status: ['状态', 'State'],
  model: ['模型', 'Model'],
  engine: ['引擎', 'Engine'],
  device: ['设备', 'Device'],
  gpu: ['显卡', 'Graphics card'],
  gpuMemory: ['显存', 'Its memory'],
  memory: ['内存', 'Memory'],
  queue: ['排队', 'Waiting'],
  uptime: ['已运行', 'Running for'],
  version: ['版本', 'Version'],
  command: ['指令', 'Command'],
  chat: ['聊天，会填入聊天框', 'Chat: goes into the chat box'],
  unresolved: ['像是指令，但不认识这个名字', 'Sounds like a command, but the name is not known'],
  kind: ['理解为', 'Understood as'],
  type: ['类型', 'Type'],
  target: ['对象', 'Target'],
  app: ['应用', 'App'],
  site: ['网站', 'Site'],
  search: ['搜索', 'Search'],
  system: ['系统', 'System'],
  raw: ['完整回答', 'The whole answer'],
  confirm: ['确认', 'Confirm'],
  offered: ['{model} 更适合这台电脑（{size}）。可以在后台下载，下载时照常可以说话。',
    '{model} would suit this computer better ({size}). It can be fetched in the background while you speak.'],
  declined: ['{model} 更适合这台电脑（{size}），没有下载。', '{model} would suit this computer better ({size}); it was not fetched.'],
  fetching: ['正在下载 {model}：{done} / {size}，{rate}/s，还需 {left}', 'Fetching {model}: {done} of {size}, {rate}/s, {left} left'],
  fetched: ['{model} 已下载，马上换用。', '{model} is here and will be used in a moment.'],
  failed: ['{model} 没有下载成功。{error}', '{model} could not be fetched. {error}'],
  notNow: ['暂不', 'Not now'],
  stop: ['停止', 'Stop'],
  copy: ['复制', 'Copy'],
  copied: ['已复制', 'Copied'],
  selectIt: ['请手动复制', 'Copy it by hand'],
};

const say = (key) => WORDS[key][ZH ? 0 : 1];
const find = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function translate() {
  if (ZH) return;
  document.documentElement.lang = 'en';
  for (const element of document.querySelectorAll('[data-en]')) element.textContent = element.dataset.en;
  for (const element of document.querySelectorAll('[data-en-label]')) element.ariaLabel = element.dataset.enLabel;
  for (const element of document.querySelectorAll('[data-en-value]')) element.value = element.dataset.enValue;
  for (const element of document.querySelectorAll('[data-en-placeholder]')) {
    element.placeholder = element.dataset.enPlaceholder;
  }
}

async function call(path, fields) {
  const headers = {};
  if (window.VOICE_ASSISTANT_TOKEN) headers.Authorization = `Bearer ${window.VOICE_ASSISTANT_TOKEN}`;
  if (fields) headers['Content-Type'] = 'application/json';
  const method = fields ? 'POST' : 'GET';
  const response = await fetch(path, { method, headers, body: fields && JSON.stringify(fields), cache: 'no-store' });
  return { status: response.status, reply: await response.json() };
}

/* ---------- status ---------- */

function showState(key, tone) {
  find('state').textContent = say(key);
  find('state').dataset.tone = tone;
}

function advise(text) {
  find('advice').textContent = text ?? '';
  find('advice').hidden = !text;
}

const megabytes = (value) => (value >= 1000 ? `${(value / 1000).toFixed(1)} GB` : `${Math.round(value)} MB`);

function duration(seconds) {
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const [hours, minutes, rest] = ZH ? [`${h} 小时 `, `${min} 分 `, `${s} 秒`] : [`${h} h `, `${min} min `, `${s} s`];
  return (h ? hours : '') + (h || min ? minutes : '') + rest;
}

function factsOf(health) {
  const { gpu, memory, queue } = health;
  return [
    ['model', health.model_info],
    ['engine', health.engine],
    ['device', health.device],
    ['gpu', gpu?.name],
    ['gpuMemory', gpu && `${megabytes(gpu.used_by_us)} / ${megabytes(gpu.cap)}`],
    ['memory', megabytes(memory.service + memory.speech)],
    ['queue', queue.running + queue.waiting],
    ['uptime', duration(health.uptime_s)],
    ['version', health.version],
  ];
}

/** A `<dl>`'s children, without the facts that are not known. */
function factList(facts) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return known.flatMap(([key, value]) => [
    make('dt', { textContent: say(key) }), make('dd', { textContent: value }),
  ]);
}

/** The offer of a better model, or how far it is. */
function showDownload(download, model) {
  const state = download?.state;
  find('download').hidden = !state || (state === 'fetched' && model?.startsWith(download.model));
  if (!state) return;
  const facts = {
    model: download.model,
    size: megabytes(download.size),
    done: megabytes(download.done),
    rate: megabytes(download.rate),
    left: download.left_s === null ? '…' : duration(download.left_s),
    error: download.error ?? '',
  };
  find('download-text').textContent = say(state).replace(/{(\w+)}/g, (_, name) => facts[name]);
  find('download-progress').hidden = state !== 'fetching';
  find('download-progress').value = 100 * download.done / Math.max(download.size, 1);
  find('download-yes').hidden = !['offered', 'declined', 'failed'].includes(state);
  find('download-no').hidden = !['offered', 'fetching'].includes(state);
  find('download-no').textContent = say(state === 'fetching' ? 'stop' : 'notNow');
}

async function answerOffer(agreed) {
  await call('/download', { agreed });
  refresh();
}

const TONES = { healthy: 'good', idle: 'good', loading: 'busy', unhealthy: 'bad' };

async function refresh() {
  try {
    const { status, reply } = await call('/health');
    find('token-form').hidden = status !== 401;
    if (status !== 200) {
      showState(status === 401 ? 'locked' : 'unhealthy', 'busy');
      advise(reply.error);
      return;
    }
    showState(reply.status, TONES[reply.status]);
    advise(reply.problem);
    showDownload(reply.download, reply.model_info);
    find('facts').replaceChildren(...factList(factsOf(reply)));
  } catch {
    showState('unreachable', 'bad');
    advise(say('restart'));
  }
}

/** Ask every two seconds, but not for a page that nobody sees. */
async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, POLL_MS);
}

/* ---------- a sentence to try ---------- */

function kindOf(reply) {
  if (reply.is_command) return say('command');
  return say(reply.suggestion ? 'unresolved' : 'chat');
}

function toneOf(reply) {
  if (reply.error) return 'bad';
  if (!reply.is_command || reply.confirmation || !find('execute').checked) return '';
  return reply.command_executed ? 'good' : 'bad';
}

function choicesOf(reply) {
  const { confirmation, suggestion } = reply;
  const buttons = (suggestion?.choices ?? []).map(({ label, text }) => [label, '/process', processFields(text)]);
  if (confirmation) buttons.push([say('confirm'), '/process/confirm', { id: confirmation.id }]);
  return buttons.map(([textContent, path, fields]) => make('button', {
    type: 'button', textContent, onclick: () => ask(path, fields),
  }));
}

function showAnswer(reply) {
  const sentence = reply.error ?? reply.confirmation?.prompt ?? reply.command_result
    ?? reply.suggestion?.message ?? reply.ai_response;
  const understood = reply.error ? [] : [
    ['kind', kindOf(reply)],
    ['type', reply.command_type && say(reply.command_type)],
    ['target', reply.command_target],
  ];
  const words = make('p', { textContent: sentence ?? '', hidden: !sentence });
  words.dataset.tone = toneOf(reply);
  const choices = choicesOf(reply);
  find('answer').replaceChildren(
    words,
    make('div', { className: 'row', hidden: !choices.length }, ...choices),
    make('dl', {}, ...factList(understood)),
    make('details', {},
      make('summary', { textContent: say('raw') }),
      make('pre', {}, make('code', { textContent: JSON.stringify(reply, null, 2) }))),
  );
}

async function ask(path, fields) {
  try {
    showAnswer((await call(path, fields)).reply);
  } catch {
    showAnswer({ error: say('restart') });
  }
}

const processFields = (text) => ({ text, execute_commands: find('execute').checked });

/* ---------- installing the button ---------- */

const LOADER = `const script = document.createElement('script');
script.src = '${SERVICE}${PLUGIN}';
document.head.append(script);
`;

const USERSCRIPT = `// ==UserScript==
// @name   Voice button for Open WebUI
// @match  http://localhost:8888/*
// @match  http://127.0.0.1:8888/*
// @grant  none
// ==/UserScript==
${LOADER}`;

function fillSnippets() {
  const texts = { loader: LOADER, userscript: USERSCRIPT };
  for (const code of document.querySelectorAll('[data-snippet]')) code.textContent = texts[code.dataset.snippet];
  for (const code of document.querySelectorAll('main pre > code')) {
    const button = make('button', { type: 'button', textContent: say('copy') });
    button.addEventListener('click', () => copy(button, code.textContent));
    code.parentElement.append(button);
  }
}

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say('copied');
  } catch {
    button.textContent = say('selectIt');
  }
  setTimeout(() => { button.textContent = label; }, 2000);
  return button.textContent === say('copied');
}

/** The button script, with what it cannot know when it is pasted. */
async function scriptToPaste() {
  const script = await (await fetch(PLUGIN)).text();
  const address = SERVICE === USUAL_SERVICE ? '' : `window.VOICE_ASSISTANT_URL = ${JSON.stringify(SERVICE)};\n`;
  const token = window.VOICE_ASSISTANT_TOKEN;
  return address + (token ? `window.VOICE_ASSISTANT_TOKEN = ${JSON.stringify(token)};\n` : '') + script;
}

async function copyScript() {
  const text = await scriptToPaste();
  const copied = await copy(find('copy-script'), text);
  find('script-text').value = text;
  find('script-text').hidden = copied;
  if (!copied) find('script-text').select();
}

/* ---------- begin ---------- */

function useToken(event) {
  event.preventDefault();
  window.VOICE_ASSISTANT_TOKEN = find('token').value;
  sessionStorage.setItem(TOKEN_KEY, window.VOICE_ASSISTANT_TOKEN);
  refresh();
}

translate();
fillSnippets();
find('token-form').addEventListener('submit', useToken);
find('download-yes').addEventListener('click', () => answerOffer(true));
find('download-no').addEventListener('click', () => answerOffer(false));
find('copy-script').addEventListener('click', copyScript);
find('try-form').addEventListener('submit', (event) => {
  event.preventDefault();
  ask('/process', processFields(find('sentence').value));
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
poll();
