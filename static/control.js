// @ts-check
/* The control page: live status, a sentence to try, and how to install the button. */
'use strict';

/**
 * A better model for this computer; sizes in MB, rate in MB a second.
 *
 * @typedef {object} Download
 * @property {'offered' | 'declined' | 'fetching' | 'fetched' | 'failed'} state
 * @property {string} model
 * @property {number} size
 * @property {number} done
 * @property {number} rate
 * @property {number | null} left_s
 * @property {string | null} error a sentence for the person
 */

/**
 * How the service is; memory in MB.
 *
 * @typedef {object} Health
 * @property {'loading' | 'healthy' | 'idle' | 'unhealthy'} status
 * @property {string | null} model_info
 * @property {string | null} engine
 * @property {string | null} device
 * @property {{name: string, used_by_us: number, cap: number} | null} gpu
 * @property {{service: number, speech: number}} memory
 * @property {{running: number, waiting: number}} queue
 * @property {Download | null} download
 * @property {number} uptime_s
 * @property {string} version
 * @property {string | null} problem a sentence for the person
 */

/** @typedef {[key: Word, value: string | number | null | undefined]} Fact */
/** @typedef {keyof typeof WORDS} Word */

const ZH = navigator.language.toLowerCase().startsWith('zh');
const POLL_MS = 2000;
const PLUGIN = '/static/AI_button_browser_plugin.js';
const TOKEN_KEY = 'voice-assistant-token';
const USUAL_SERVICE = 'http://127.0.0.1:8889';
// 127.0.0.1 rather than localhost: the cookies of other services on localhost then stay at home.
const SERVICE = location.origin.replace('//localhost', '//127.0.0.1');

// The button script, loaded after this one, reads these two.
const page = /** @type {Window & VoicePage} */ (window);
page.VOICE_ASSISTANT_URL = location.origin;
page.VOICE_ASSISTANT_TOKEN = sessionStorage.getItem(TOKEN_KEY) ?? '';

/**
 * What is said, in Chinese and in English; what is in index.html is there.
 *
 * @satisfies {Record<string, [string, string]>}
 */
const WORDS = {
  healthy: ['就绪', 'Ready'],
  idle: ['空闲', 'Idle'],
  loading: ['模型加载中', 'Loading the model'],
  unhealthy: ['有问题', 'Not well'],
  unreachable: ['连接不上', 'Not reachable'],
  locked: ['需要令牌', 'Needs the token'],
  restart: ['服务没有回答。请运行 python start.py。',
    'The service does not answer. Run python start.py.'],
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
  unresolved: ['像是指令，但不认识这个名字',
    'Sounds like a command, but the name is not known'],
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
    '{model} would suit this computer better ({size}). '
    + 'It can be fetched in the background while you speak.'],
  declined: ['{model} 更适合这台电脑（{size}），没有下载。',
    '{model} would suit this computer better ({size}); it was not fetched.'],
  fetching: ['正在下载 {model}：{done} / {size}，{rate}/s，还需 {left}',
    'Fetching {model}: {done} of {size}, {rate}/s, {left} left'],
  fetched: ['{model} 已下载，马上换用。', '{model} is here and will be used in a moment.'],
  failed: ['{model} 没有下载成功。{error}', '{model} could not be fetched. {error}'],
  notNow: ['暂不', 'Not now'],
  stop: ['停止', 'Stop'],
  copy: ['复制', 'Copy'],
  copiedIt: ['已复制', 'Copied'],
  selectIt: ['请手动复制', 'Copy it by hand'],
};

/**
 * Put values into a sentence, in the language of the browser.
 *
 * @param {Word} key
 * @param {Record<string, string>} [values]
 */
function say(key, values = {}) {
  return WORDS[key][ZH ? 0 : 1].replace(/{(\w+)}/g, (_, name) => values[name]);
}

/** @type {(id: string) => HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const execute = /** @type {HTMLInputElement} */ (byId('execute'));
const sentence = /** @type {HTMLInputElement} */ (byId('sentence'));
const token = /** @type {HTMLInputElement} */ (byId('token'));
const scriptText = /** @type {HTMLTextAreaElement} */ (byId('script-text'));
const progressBar = /** @type {HTMLProgressElement} */ (byId('download-progress'));

/**
 * Create an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {...(Node | string)} children
 */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function translate() {
  if (ZH) return;
  document.documentElement.lang = 'en';
  for (const element of document.querySelectorAll('[data-en]')) {
    element.textContent = element.getAttribute('data-en');
  }
  for (const name of ['aria-label', 'value', 'placeholder']) {
    for (const element of document.querySelectorAll(`[data-en-${name}]`)) {
      element.setAttribute(name, element.getAttribute(`data-en-${name}`) ?? '');
    }
  }
}

/**
 * Ask the service.
 *
 * @template Body
 * @param {string} path
 * @param {object} [fields] posted as JSON; without them it is a GET
 * @returns {Promise<{status: number, reply: Body & {error?: string}}>}
 */
async function call(path, fields) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (page.VOICE_ASSISTANT_TOKEN) headers.Authorization = `Bearer ${page.VOICE_ASSISTANT_TOKEN}`;
  if (fields) headers['Content-Type'] = 'application/json';
  const response = await fetch(path, {
    method: fields ? 'POST' : 'GET',
    headers,
    body: fields && JSON.stringify(fields),
    cache: 'no-store',
  });
  return { status: response.status, reply: await response.json() };
}

/* ---------- status ---------- */

/**
 * @param {Word} key
 * @param {'good' | 'busy' | 'bad'} tone
 */
function showState(key, tone) {
  byId('state').textContent = say(key);
  byId('state').dataset.tone = tone;
}

/** @param {string | null} [text] */
function advise(text) {
  byId('advice').textContent = text ?? '';
  byId('advice').hidden = !text;
}

/** @param {number} value in MB */
function megabytes(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} GB` : `${Math.round(value)} MB`;
}

/** @param {number} seconds */
function duration(seconds) {
  const h = Math.floor(seconds / 3600);
  const min = Math.floor(seconds / 60) % 60;
  const hours = `${h} ${ZH ? '小时' : 'h'} `;
  const minutes = `${min} ${ZH ? '分' : 'min'} `;
  const rest = `${Math.floor(seconds) % 60} ${ZH ? '秒' : 's'}`;
  return (h ? hours : '') + (h || min ? minutes : '') + rest;
}

/**
 * @param {Health} health
 * @returns {Fact[]}
 */
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

/**
 * Make a `<dl>`'s children, without the facts that are not known.
 *
 * @param {Fact[]} facts
 */
function factList(facts) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return known.flatMap(([key, value]) => [
    make('dt', { textContent: say(key) }), make('dd', { textContent: String(value) }),
  ]);
}

/**
 * Show the offer of a better model, or how far it is.
 *
 * @param {Download | null} download
 * @param {string | null} model what the service runs
 */
function showDownload(download, model) {
  byId('download').hidden = !download
    || (download.state === 'fetched' && Boolean(model?.startsWith(download.model)));
  if (!download) return;
  const { state } = download;
  byId('download-text').textContent = say(state, {
    model: download.model,
    size: megabytes(download.size),
    done: megabytes(download.done),
    rate: megabytes(download.rate),
    left: download.left_s === null ? '…' : duration(download.left_s),
    error: download.error ?? '',
  });
  progressBar.hidden = state !== 'fetching';
  progressBar.value = 100 * download.done / Math.max(download.size, 1);
  byId('download-yes').hidden = !['offered', 'declined', 'failed'].includes(state);
  byId('download-no').hidden = !['offered', 'fetching'].includes(state);
  byId('download-no').textContent = say(state === 'fetching' ? 'stop' : 'notNow');
}

/** @param {boolean} agreed */
async function answerOffer(agreed) {
  await call('/download', { agreed });
  refresh();
}

/** @type {Record<Health['status'], 'good' | 'busy' | 'bad'>} */
const TONES = { healthy: 'good', idle: 'good', loading: 'busy', unhealthy: 'bad' };

async function refresh() {
  try {
    /** @type {{status: number, reply: Health & {error?: string}}} */
    const { status, reply } = await call('/health');
    byId('token-form').hidden = status !== 401;
    if (status !== 200) {
      showState(status === 401 ? 'locked' : 'unhealthy', 'busy');
      advise(reply.error);
      return;
    }
    showState(reply.status, TONES[reply.status]);
    advise(reply.problem);
    showDownload(reply.download, reply.model_info);
    byId('facts').replaceChildren(...factList(factsOf(reply)));
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

/** @param {Reply} reply */
function kindOf(reply) {
  if (reply.is_command) return say('command');
  return say(reply.suggestion ? 'unresolved' : 'chat');
}

/** @param {Reply} reply */
function toneOf(reply) {
  if (reply.error) return 'bad';
  if (!reply.is_command || reply.confirmation || !execute.checked) return '';
  return reply.command_executed ? 'good' : 'bad';
}

/** @param {Reply} reply */
function choicesOf({ confirmation, suggestion }) {
  const buttons = (suggestion?.choices ?? []).map(
    ({ label, text }) => askButton(label, '/process', processFields(text)),
  );
  if (confirmation) {
    buttons.push(askButton(say('confirm'), '/process/confirm', { id: confirmation.id }));
  }
  return buttons;
}

/**
 * @param {string} textContent
 * @param {string} path
 * @param {object} fields
 */
function askButton(textContent, path, fields) {
  return make('button', { type: 'button', textContent, onclick: () => { ask(path, fields); } });
}

/** @param {Reply} reply */
function showAnswer(reply) {
  const answer = reply.error ?? reply.confirmation?.prompt ?? reply.command_result
    ?? reply.suggestion?.message ?? reply.ai_response;
  /** @type {Fact[]} */
  const understood = reply.error ? [] : [
    ['kind', kindOf(reply)],
    ['type', reply.command_type && say(reply.command_type)],
    ['target', reply.command_target],
  ];
  const words = make('p', { textContent: answer ?? '', hidden: !answer });
  words.dataset.tone = toneOf(reply);
  const choices = choicesOf(reply);
  const raw = make('code', { textContent: JSON.stringify(reply, null, 2) });
  byId('answer').replaceChildren(
    words,
    make('div', { className: 'row', hidden: !choices.length }, ...choices),
    make('dl', {}, ...factList(understood)),
    make('details', {}, make('summary', { textContent: say('raw') }), make('pre', {}, raw)),
  );
}

/**
 * @param {string} path
 * @param {object} fields
 */
async function ask(path, fields) {
  try {
    showAnswer((await call(path, fields)).reply);
  } catch {
    showAnswer({ error: say('restart') });
  }
}

/** @param {string} text */
const processFields = (text) => ({ text, execute_commands: execute.checked });

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
  for (const code of document.querySelectorAll('[data-snippet=loader]')) code.textContent = LOADER;
  for (const code of document.querySelectorAll('[data-snippet=userscript]')) {
    code.textContent = USERSCRIPT;
  }
  for (const code of document.querySelectorAll('main pre > code')) {
    const button = make('button', { type: 'button', textContent: say('copy') });
    button.addEventListener('click', () => copy(button, code.textContent));
    code.after(button);
  }
}

/**
 * Copy a text, and say on the button for a moment whether that was possible.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
async function copy(button, text) {
  const label = button.textContent;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copied = false;
  }
  button.textContent = say(copied ? 'copiedIt' : 'selectIt');
  setTimeout(() => { button.textContent = label; }, 2000);
  return copied;
}

/** Fetch the button script, with what it cannot know when it is pasted. */
async function scriptToPaste() {
  const script = await (await fetch(PLUGIN)).text();
  const settings = [];
  if (SERVICE !== USUAL_SERVICE) settings.push(['VOICE_ASSISTANT_URL', SERVICE]);
  const secret = page.VOICE_ASSISTANT_TOKEN;
  if (secret) settings.push(['VOICE_ASSISTANT_TOKEN', secret]);
  const lines = settings.map(([name, value]) => `window.${name} = ${JSON.stringify(value)};\n`);
  return lines.join('') + script;
}

async function copyScript() {
  const text = await scriptToPaste();
  const copied = await copy(byId('copy-script'), text);
  scriptText.value = text;
  scriptText.hidden = copied;
  if (!copied) scriptText.select();
}

/* ---------- begin ---------- */

/** @param {Event} event */
function useToken(event) {
  event.preventDefault();
  page.VOICE_ASSISTANT_TOKEN = token.value;
  sessionStorage.setItem(TOKEN_KEY, token.value);
  refresh();
}

translate();
fillSnippets();
byId('token-form').addEventListener('submit', useToken);
byId('download-yes').addEventListener('click', () => answerOffer(true));
byId('download-no').addEventListener('click', () => answerOffer(false));
byId('copy-script').addEventListener('click', copyScript);
byId('try-form').addEventListener('submit', (event) => {
  event.preventDefault();
  ask('/process', processFields(sentence.value));
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
poll();
