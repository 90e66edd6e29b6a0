// @ts-check
/*
 * The voice button for Open WebUI: hold it, speak, let go.
 *
 * Paste this file into the browser's console on the Open WebUI page, or load it with a <script>
 * tag, from Open WebUI's loader.js or as a userscript. A spoken command is carried out by the voice
 * service on this computer; anything else lands in the chat box. Running the script again replaces
 * the first button. Set before it runs, if needed:
 *   window.VOICE_ASSISTANT_URL        where the service is (http://127.0.0.1:8889)
 *   window.VOICE_ASSISTANT_TOKEN      its VOICE_TOKEN, if it has one
 *   window.VOICE_ASSISTANT_AUTO_SEND  true: chat text is sent at once
 */

/**
 * What the page may set before the script runs, and what it finds there afterwards.
 *
 * @typedef {object} VoicePage
 * @property {string} [VOICE_ASSISTANT_URL]
 * @property {string} [VOICE_ASSISTANT_TOKEN]
 * @property {boolean} [VOICE_ASSISTANT_AUTO_SEND]
 * @property {VoiceAssistant} [voiceAssistant]
 */

/**
 * The button, for other scripts on the page.
 *
 * @typedef {object} VoiceAssistant
 * @property {string} version
 * @property {() => void} remove takes the button and all its listeners away
 * @property {() => void} start begins a recording, as pressing the button does
 * @property {() => void} stop ends it, as letting go does
 */

/** @typedef {{label: string, text: string}} Choice */
/** @typedef {{message: string, choices: Choice[]}} Suggestion */
/** @typedef {{id: string, prompt: string, expires_s: number}} Confirmation */

/**
 * The service's answer to something that was said or typed, or an error.
 *
 * @typedef {object} Reply
 * @property {boolean} [success]
 * @property {string} [error] a sentence for the person
 * @property {string} [transcribed_text]
 * @property {boolean} [is_command]
 * @property {'app' | 'site' | 'search' | 'system' | null} [command_type]
 * @property {string | null} [command_target]
 * @property {boolean} [command_executed]
 * @property {string | null} [command_result]
 * @property {string | null} [ai_response]
 * @property {Suggestion | null} [suggestion]
 * @property {Confirmation | null} [confirmation]
 */

(() => {
  'use strict';

  /**
   * A page that the button can be on, and how to get text into its chat box.
   *
   * @typedef {object} HostPage
   * @property {string} name
   * @property {string} address a secure one, named where it was opened at another
   * @property {string[]} origins those that the service accepts unasked
   * @property {string} policySetting what its Content-Security-Policy is set with
   * @property {() => HTMLElement | null} box finds the chat box; the page is known by having it
   * @property {(box: HTMLElement, text: string) => void} insert puts text at the caret
   * @property {() => void} submit sends what is in the box
   */

  /** @typedef {'mic' | 'good' | 'bad' | 'info' | 'close'} IconName */
  /** @typedef {'good' | 'bad' | 'info'} Tone */
  /** @typedef {keyof typeof WORDS} Word */
  /** @typedef {[label: string, run: () => void]} Action */
  /** @typedef {{sound: Blob, mute: boolean}} Take */

  /**
   * A recording that is going on.
   *
   * @typedef {object} Recording
   * @property {number} startedAt in ms, as `performance.now()`
   * @property {Promise<unknown>} stopped
   * @property {() => Promise<Take>} finish
   * @property {() => void} discard
   */

  /**
   * A press that is going on.
   *
   * @typedef {object} Hold
   * @property {number} pressedAt in ms, as `performance.now()`
   * @property {string[]} releasedBy codes of the keys that end it
   * @property {Recording | null} recording once the microphone is open
   * @property {number} ticking the interval that moves the clock
   */

  const VERSION = '0.2.0';
  const SHORTEST_PRESS_MS = 300;
  const LONGEST_RECORDING_MS = 60_000;
  const TAIL_MS = 150; // fingers let go before the last syllable is out
  const REPLY_TIMEOUT_MS = 60_000;
  const FOREVER = 86_400; // seconds; no clock throws away a recording that can be sent again
  const MUTE_PEAK = 0.002; // RMS; a live microphone stays above it even in a quiet room
  const MIME_TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
  const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const HOTKEY = IS_APPLE ? '⌥M' : 'Alt+M'; // free in Open WebUI and browsers
  const ZH = navigator.language.toLowerCase().startsWith('zh');

  /* ---------- the pages it knows ---------- */
  /** @type {[HostPage, ...HostPage[]]} */
  const HOSTS = [
    {
      name: 'Open WebUI',
      address: 'http://localhost:8888',
      origins: ['http://localhost:8888', 'http://127.0.0.1:8888'],
      policySetting: 'CONTENT_SECURITY_POLICY',
      box: () => document.getElementById('chat-input'),
      insert(box, text) {
        box.focus();
        // Keeps the draft and the undo history; refused if the box is hidden.
        if (document.execCommand('insertText', false, text)) return;
        if (box instanceof HTMLTextAreaElement) { // up to 0.6.18, and on the control page
          box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
          box.dispatchEvent(new Event('input', { bubbles: true }));
        } else {
          window.postMessage({ type: 'input:prompt', text }, window.origin);
        }
      },
      submit: () => window.postMessage({ type: 'action:submit' }, window.origin),
    },
  ];

  /** Return the page this is now, which may change without loading; Open WebUI if it is none. */
  const findHost = () => HOSTS.find((host) => host.box()) ?? HOSTS[0];

  /**
   * What is said, in Chinese and in English.
   *
   * @satisfies {Record<string, [string, string]>}
   */
  const WORDS = {
    howTo: [`按住说话（或按住 ${HOTKEY}），松开发送，Esc 取消`,
      `Hold to talk (or hold ${HOTKEY}), release to send, Esc cancels`],
    requesting: ['正在打开麦克风…', 'Opening the microphone…'],
    working: ['正在识别…', 'Recognising…'],
    recording: ['正在录音，松开发送，Esc 取消', 'Recording: release to send, Esc cancels'],
    letGo: ['松开发送 · Esc 取消', 'Release to send · Esc cancels'],
    tooShort: [`请按住按钮（或 ${HOTKEY}）说话，说完再松开。`,
      `Hold the button (or ${HOTKEY}) while you speak, then let go.`],
    tooEarly: ['请再按住一次，等按钮变红再说话。',
      'Hold again, and speak once the button is red.'],
    cancelled: ['已取消，没有发送。', 'Cancelled. Nothing was sent.'],
    interrupted: ['录音被打断，没有发送。请再说一次。',
      'The recording was interrupted and not sent. Please say it again.'],
    unheard: ['没有听清，请再说一次。', 'I did not catch that. Please say it again.'],
    mute: ['没有听到声音。请检查麦克风是否静音，或选错了麦克风。',
      'No sound came in. Is the microphone muted, or the wrong one chosen?'],
    heard: ['「{text}」', '“{text}”'],
    inserted: ['已填入聊天框。', 'Put into the chat box.'],
    toChat: ['填入聊天框', 'Put into chat'],
    noChatBox: ['这个页面没有聊天框，可以复制文字。',
      'There is no chat box on this page; you can copy the text.'],
    copy: ['复制', 'Copy'],
    copied: ['已复制。', 'Copied.'],
    close: ['关闭', 'Close'],
    retry: ['重试', 'Try again'],
    confirm: ['确认', 'Confirm'],
    cancel: ['取消', 'Cancel'],
    NotAllowedError: ['麦克风被禁止。请点地址栏左边的图标，允许使用麦克风，再按住说话。',
      'The microphone is blocked. '
      + 'Click the icon left of the address, allow it, then hold to talk.'],
    NotFoundError: ['没有找到麦克风。请接上麦克风，再按住说话。',
      'No microphone was found. Connect one, then hold to talk.'],
    NotReadableError: ['麦克风打不开，可能正被别的程序占用。请关掉那个程序再试。',
      'Another program may be using the microphone. Close it and try again.'],
    insecure: ['浏览器只在安全的网页上开放麦克风。请改用 {address} 或 https 打开 {host}。',
      'Browsers give the microphone to secure pages only. '
      + 'Open {host} at {address} or over https.'],
    noRecorder: ['这个浏览器不能录音。请换用新版的 Chrome、Edge、Firefox 或 Safari。',
      'This browser cannot record. Use a current Chrome, Edge, Firefox or Safari.'],
    wentWrong: ['出错了（{error}）。请刷新页面再试。',
      'Something went wrong ({error}). Reload the page and try again.'],
    notRunning: ['语音服务没有启动：请运行 python start.py，再点“重试”。',
      'The voice service is not running: run python start.py, then press “Try again”.'],
    perhapsRefused: ['如果它正在运行：'
      + '请把 {origin} 加入 VOICE_ALLOWED_ORIGINS 并重启它，并允许本页访问本地网络。',
      'If it is running: add {origin} to VOICE_ALLOWED_ORIGINS, restart it, '
      + 'and let this page reach the local network.'],
    refused: ['语音服务不接受这个网页。请把 {origin} 加入 VOICE_ALLOWED_ORIGINS，再重启服务。',
      'The voice service does not accept this page. '
      + 'Add {origin} to VOICE_ALLOWED_ORIGINS and restart it.'],
    blocked: ['本页的安全策略（CSP）不许连接 {service}。'
      + '请把它加入 {host} 的 {setting} 的 connect-src。',
      'This page’s security policy (CSP) forbids connecting to {service}. '
      + 'Add it to connect-src in {host}’s {setting}.'],
    timeout: ['一分钟没有结果。请缩短录音后重试，或查看 voice_assistant.log。',
      'No answer for a minute. Try a shorter recording, or look into voice_assistant.log.'],
    notOurs: ['回答不合约定（{answer}）。请检查那里运行的是不是语音服务。',
      'Unexpected answer ({answer}). Is that really the voice service?'],
  };

  /** @type {Record<IconName, string>} */
  const ICONS = {
    mic: 'M12 14.5a3.5 3.5 0 0 0 3.5-3.5V5.5a3.5 3.5 0 1 0-7 0V11a3.5 3.5 0 0 0 3.5 3.5'
      + 'M18.5 11a6.5 6.5 0 0 1-13 0M12 17.5V21M8.5 21h7',
    good: 'M5 12.5l4.5 4.5L19 7.5',
    bad: 'M12 6v7.5M12 17.8v.2',
    info: 'M12 6v.2M12 10.5V18',
    close: 'M7 7l10 10M17 7L7 17',
  };

  const STYLE = `
    :host {
      all: initial !important;
      position: fixed !important;
      display: block !important;
      right: 24px !important;
      bottom: calc(96px + env(safe-area-inset-bottom, 0px)) !important;
      z-index: 2147483647 !important;
    }
    * { box-sizing: border-box; }
    svg {
      display: block;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.9;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    button {
      font: inherit;
      color: inherit;
      border: 0;
      margin: 0;
      cursor: pointer;
    }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #7c3aed; }
    .talk {
      position: relative;
      display: grid;
      place-items: center;
      width: 56px;
      height: 56px;
      padding: 0;
      color: #fff;
      border-radius: 50%;
      background: linear-gradient(145deg, #8b5cf6, #6d28d9);
      transition: transform .15s;
      box-shadow: 0 6px 18px rgb(76 29 149 / .38), 0 1px 3px rgb(0 0 0 / .25);
      touch-action: none;
      user-select: none;
      -webkit-user-select: none;
      -webkit-touch-callout: none;
      -webkit-tap-highlight-color: transparent;
    }
    .talk svg { width: 27px; height: 27px; }
    .talk:hover { transform: scale(1.05); }
    .talk::after {
      content: '';
      position: absolute;
      inset: -5px;
      border: 3px solid #ef4444;
      border-radius: 50%;
      opacity: 0;
    }
    [data-state=recording] {
      background: linear-gradient(145deg, #f43f5e, #dc2626);
      box-shadow: 0 0 0 calc(3px + var(--level, 0) * 14px) rgb(244 63 94 / .35);
    }
    [data-state=recording]::after { animation: pulse 1.3s ease-out infinite; }
    [data-state=working]::after, [data-state=requesting]::after {
      opacity: 1;
      animation: spin .9s linear infinite;
      border-color: #7c3aed rgb(139 92 246 / .3) rgb(139 92 246 / .3);
    }
    [data-state=error]::after { opacity: 1; }
    @keyframes spin {
      to { transform: rotate(1turn); }
    }
    @keyframes pulse {
      from { transform: scale(.95); opacity: .9; }
      to { transform: scale(1.45); opacity: 0; }
    }
    .clock, .bubble {
      position: absolute;
      right: 0;
      width: max-content;
      color: #f4f4f5;
      background: #1f1d2b;
      border: 1px solid rgb(255 255 255 / .16);
      box-shadow: 0 8px 28px rgb(0 0 0 / .32);
      font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei',
        'Noto Sans CJK SC', sans-serif;
    }
    .clock {
      right: 82px;
      top: 10px;
      padding: 6px 14px;
      border-radius: 18px;
      font-size: 13px;
      pointer-events: none;
    }
    .clock b { margin-right: 8px; color: #fda4af; font-variant-numeric: tabular-nums; }
    .bubble {
      bottom: 72px;
      max-width: min(340px, calc(100vw - 48px));
      padding: 12px 40px 12px 14px;
      border-radius: 14px;
      display: grid;
      grid-template-columns: 22px 1fr;
      column-gap: 11px;
    }
    .mark {
      width: 22px;
      height: 22px;
      padding: 3px;
      border-radius: 50%;
      color: #fff;
      background: #7c3aed;
    }
    .mark svg { stroke-width: 3; }
    [data-tone=good] .mark { background: #15803d; }
    [data-tone=bad] .mark { background: #dc2626; }
    .words {
      min-width: 0;
      max-height: 40vh;
      overflow: auto;
      overflow-wrap: anywhere;
      white-space: pre-line;
    }
    .heard { color: #b8b5c9; font-size: 13px; }
    .actions {
      grid-column: 2;
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      margin-top: 10px;
    }
    .actions button {
      max-width: 100%;
      padding: 5px 14px;
      border-radius: 9px;
      background: rgb(255 255 255 / .13);
    }
    .actions .main { background: #7c3aed; }
    .actions button:hover, .close:hover { filter: brightness(1.25); }
    .close {
      position: absolute;
      top: 8px;
      right: 8px;
      width: 28px;
      height: 28px;
      padding: 6px;
      background: none;
      color: #b8b5c9;
    }
    @media (prefers-reduced-motion: reduce) {
      .talk { transition: none; }
      [data-state=recording]::after { animation: none; }
      [data-state=working]::after { animation-duration: 3s; }
    }
    @media (forced-colors: active) {
      .talk, .bubble, .clock { border: 2px solid ButtonText; }
    }
  `;

  const page = /** @type {Window & VoicePage} */ (window);
  page.voiceAssistant?.remove?.();

  const SERVICE = serviceAddress();
  const life = new AbortController(); // ends every listener and request of this copy
  const LIFELONG = { signal: life.signal };
  /** @type {Hold | null} */
  let hold = null;
  /** @type {Promise<void>} */
  let answers = Promise.resolve(); // utterances are answered in the order they were spoken
  let waiting = 0;
  let hiding = 0;
  let blockedByCsp = false;

  class Problem extends Error {} // with a sentence for the person

  /**
   * Put values into a sentence, in the language of the browser.
   *
   * @param {Word} key
   * @param {Record<string, string>} [values]
   */
  function say(key, values = {}) {
    return WORDS[key][ZH ? 0 : 1].replace(/{(\w+)}/g, (_, name) => values[name]);
  }

  /** @param {number} ms */
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  function serviceAddress() {
    const script = document.currentScript;
    const own = script instanceof HTMLScriptElement && script.src ? new URL(script.src) : null;
    const isServed = own?.pathname === '/static/AI_button_browser_plugin.js';
    const fromService = isServed && own.origin !== location.origin ? own.origin : null;
    const address = page.VOICE_ASSISTANT_URL || fromService || 'http://127.0.0.1:8889';
    return address.replace(/\/+$/, '');
  }

  /* ---------- the button and its bubble ---------- */
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

  /** @param {IconName} name */
  function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
  }

  const container = make('div', { id: 'voice-assistant-button', lang: ZH ? 'zh-CN' : 'en' });
  const root = container.attachShadow({ mode: 'open' });
  const button = make('button', { type: 'button', className: 'talk', title: say('howTo') });
  const seconds = make('b');
  const clock = make('div', { className: 'clock', ariaHidden: 'true' }, seconds, say('letGo'));
  const news = make('div', { role: 'status' }); // always there: screen readers notice what comes in

  const sheet = new CSSStyleSheet(); // a <style> element would need the leave of the page's CSP
  button.append(icon('mic'));
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(news, clock, button);

  function refresh() {
    const resting = news.querySelector('[data-tone=bad]') ? 'error' : 'idle';
    const holding = hold?.recording ? 'recording' : 'requesting';
    const state = hold ? holding : (waiting && 'working') || resting;
    button.dataset.state = state;
    button.ariaLabel = say(state === 'idle' || state === 'error' ? 'howTo' : state);
    button.ariaPressed = String(state === 'recording');
    clock.hidden = state !== 'recording';
  }

  /**
   * Show a bubble.
   *
   * @param {Tone} tone
   * @param {string} text
   * @param {{heard?: string, actions?: Action[], stay?: number}} [more] what was heard, what can be
   *   done (the main thing first), and for how many seconds it stays
   */
  function show(tone, text, { heard = '', actions = [], stay = 7 } = {}) {
    const words = make('div', { className: 'words' });
    if (heard) {
      words.append(make('div', { className: 'heard', textContent: say('heard', { text: heard }) }));
    }
    words.append(make('div', { textContent: text }));
    const close = make('button', {
      type: 'button', className: 'close', ariaLabel: say('close'), onclick: hide,
    }, icon('close'));
    const mark = make('div', { className: 'mark' }, icon(tone));
    const bubble = make('div', { className: 'bubble' }, mark, words, close);
    bubble.dataset.tone = tone;
    const buttons = actions.map(([label, run], index) => make('button', {
      type: 'button',
      className: index ? '' : 'main',
      textContent: label,
      onclick: () => { hide(); run(); },
    }));
    if (buttons.length) bubble.append(make('div', { className: 'actions' }, ...buttons));
    news.replaceChildren(bubble);
    hideAfter(stay * 1000);
    refresh();
  }

  function hide() {
    clearTimeout(hiding);
    news.replaceChildren();
    refresh();
  }

  /**
   * Hide the bubble later; nothing disappears from under a pointer or the keyboard focus.
   *
   * @param {number} ms
   */
  function hideAfter(ms) {
    clearTimeout(hiding);
    hiding = setTimeout(() => {
      if (news.querySelector(':hover, :focus')) hideAfter(2000);
      else hide();
    }, ms);
  }

  /**
   * Show what went wrong.
   *
   * @param {unknown} error
   * @param {() => void} [retry] what tries it again
   */
  function fail(error, retry) {
    if (life.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const text = error instanceof Problem ? message : say('wentWrong', { error: message });
    const actions = /** @type {Action[]} */ (retry ? [[say('retry'), retry]] : []);
    show('bad', text, { actions, stay: retry ? FOREVER : 20 });
  }

  /* ---------- recording ---------- */
  /**
   * @param {string} name
   * @returns {name is Word}
   */
  function isWord(name) {
    return name in WORDS;
  }

  async function openMicrophone() {
    if (!window.isSecureContext) {
      const { name: host, address } = findHost();
      throw new Problem(say('insecure', { host, address }));
    }
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      throw new Problem(say('noRecorder'));
    }
    const audio = {
      channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true,
    };
    try {
      return await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      throw new Problem(isWord(name) ? say(name) : say('wentWrong', { error: name }));
    }
  }

  /**
   * Start recording. The microphone is let go by `finish` or `discard`, or when it is unplugged.
   *
   * @returns {Promise<Recording>}
   */
  async function record() {
    const stream = await openMicrophone();
    const close = () => stream.getTracks().forEach((track) => track.stop());
    try {
      const mimeType = MIME_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 48_000 });
      const meter = measure(stream);
      /** @type {Blob[]} */
      const pieces = [];
      recorder.addEventListener('dataavailable', (event) => pieces.push(event.data));
      const stopped = new Promise((resolve) => { recorder.addEventListener('stop', resolve); });
      stopped.then(() => { close(); meter.stop(); });
      const discard = () => { if (recorder.state !== 'inactive') recorder.stop(); };
      const finish = async () => {
        await pause(TAIL_MS);
        discard();
        await stopped;
        return { sound: new Blob(pieces, { type: recorder.mimeType }), mute: meter.mute() };
      };
      recorder.start();
      return { startedAt: performance.now(), stopped, finish, discard };
    } catch (error) {
      close();
      throw error;
    }
  }

  /**
   * Show the loudness on the button, and notice a microphone that is switched off.
   *
   * @param {MediaStream} stream
   */
  function measure(stream) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const wave = new Float32Array(analyser.fftSize);
    context.createMediaStreamSource(stream).connect(analyser);
    let peak = -1; // nothing measured yet
    const step = () => {
      if (context.state === 'closed') return;
      analyser.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
      const loudness = Math.sqrt(power);
      if (context.state === 'running') peak = Math.max(peak, loudness);
      button.style.setProperty('--level', Math.min(1, loudness * 6).toFixed(2));
      requestAnimationFrame(step);
    };
    step();
    return { mute: () => peak >= 0 && peak < MUTE_PEAK, stop: () => context.close() };
  }

  /* ---------- holding ---------- */
  /**
   * Begin a hold.
   *
   * @param {string[]} [releasedBy] codes of the keys that end it
   */
  async function press(releasedBy = []) {
    if (hold) return;
    /** @type {Hold} */
    const mine = { pressedAt: performance.now(), releasedBy, recording: null, ticking: 0 };
    hold = mine;
    hide();
    wake();
    try {
      const recording = await record();
      if (hold !== mine) { recording.discard(); return; }
      const tick = () => showTime(performance.now() - recording.startedAt);
      Object.assign(mine, { recording, ticking: setInterval(tick, 250) });
      tick();
      refresh();
      await recording.stopped; // by `end`, or because the microphone was unplugged
      if (hold === mine) release();
    } catch (error) {
      if (hold === mine) hold = null;
      fail(error);
    }
  }

  /** @param {number} elapsedMs since the recording began */
  function showTime(elapsedMs) {
    seconds.textContent = `0:${String(Math.floor(elapsedMs / 1000)).padStart(2, '0')}`;
    if (elapsedMs >= LONGEST_RECORDING_MS) release();
  }

  const release = () => end(null);

  /**
   * End the hold.
   *
   * @param {'cancelled' | 'interrupted' | null} reason with one nothing is sent, for half a
   *   sentence may be another command
   */
  function end(reason) {
    if (!hold) return;
    const { pressedAt, recording, ticking } = hold;
    hold = null;
    clearInterval(ticking);
    const brief = performance.now() - pressedAt < SHORTEST_PRESS_MS;
    const unsent = (brief && 'tooShort') || (!recording && 'tooEarly') || reason;
    if (unsent) {
      recording?.discard();
      show('info', say(unsent));
    } else if (recording) {
      send(recording.finish());
    }
  }

  function listenForPointers() {
    const interrupted = () => end('interrupted');
    button.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      press();
    }, LIFELONG);
    button.addEventListener('pointerup', release, LIFELONG);
    for (const type of ['pointercancel', 'lostpointercapture']) {
      button.addEventListener(type, interrupted, LIFELONG);
    }
    for (const type of ['blur', 'pagehide']) window.addEventListener(type, interrupted, LIFELONG);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) interrupted();
    }, LIFELONG);
    // The chat box keeps the focus, and a long press opens no menu.
    for (const type of ['mousedown', 'touchstart', 'contextmenu']) {
      button.addEventListener(type, (event) => event.preventDefault(), {
        ...LIFELONG, passive: false,
      });
    }
  }

  /** @param {Event} event */
  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {KeyboardEvent} event */
  function isHotkey({ code, altKey, ctrlKey, shiftKey, metaKey }) {
    return code === 'KeyM' && altKey && !ctrlKey && !shiftKey && !metaKey;
  }

  /** @param {KeyboardEvent} event */
  const isTalkKey = (event) => event.key === ' ' || event.key === 'Enter';

  function listenForKeys() {
    /** @type {(event: KeyboardEvent, releasedBy: string[]) => void} */
    const talk = (event, releasedBy) => {
      swallow(event);
      if (!event.repeat) press(releasedBy);
    };
    window.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && hold) { swallow(event); end('cancelled'); }
      if (isHotkey(event)) talk(event, ['KeyM', 'AltLeft', 'AltRight']);
    }, { ...LIFELONG, capture: true });
    window.addEventListener('keyup', (event) => {
      if (hold?.releasedBy.includes(event.code)) { swallow(event); release(); }
    }, { ...LIFELONG, capture: true });
    button.addEventListener('keydown', (event) => {
      if (isTalkKey(event)) talk(event, [event.code]);
    }, LIFELONG);
    button.addEventListener('keyup', (event) => {
      if (isTalkKey(event)) swallow(event); // or it would click
    }, LIFELONG);
    news.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { swallow(event); hide(); }
    }, LIFELONG);
    // Screen readers and switches cannot hold: their click starts, the next one ends.
    button.addEventListener('click', (event) => {
      if (event.detail !== 0) return;
      if (hold) release();
      else press();
    }, LIFELONG);
  }

  /* ---------- the service ---------- */
  /**
   * Post to the service; what goes wrong is a `Problem`.
   *
   * @param {string} path
   * @param {string | FormData} [body] JSON as a string, or a form
   * @returns {Promise<Reply>}
   */
  async function call(path, body) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (page.VOICE_ASSISTANT_TOKEN) headers.Authorization = `Bearer ${page.VOICE_ASSISTANT_TOKEN}`;
    if (typeof body === 'string') headers['Content-Type'] = 'application/json';
    const signal = AbortSignal.any([life.signal, AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
    blockedByCsp = false;
    try {
      const response = await fetch(SERVICE + path, {
        method: 'POST', body, headers, credentials: 'omit', signal,
      });
      /** @type {Reply | undefined} */
      const reply = await response.json().catch(() => { signal.throwIfAborted(); });
      if (response.ok && reply?.success !== false && reply) return reply;
      const answer = `${SERVICE}: ${response.status}`;
      throw new Problem(reply?.error || say('notOurs', { answer }));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(signal.aborted ? say('timeout') : await whyUnreachable());
    }
  }

  /** Have the model loaded while the person speaks: it may have given its memory back. */
  function wake() {
    // What is wrong is said when the recording is sent.
    call('/wake').catch((error) => console.debug('voice assistant:', error.message));
  }

  /** Find out why a request failed, as far as the browser lets us see. */
  async function whyUnreachable() {
    await pause(50); // the policy's own event comes after the failure
    const host = findHost();
    if (blockedByCsp) {
      return say('blocked', { service: SERVICE, host: host.name, setting: host.policySetting });
    }
    const { origin } = location;
    const alive = await fetch(`${SERVICE}/health`, {
      mode: 'no-cors', credentials: 'omit', cache: 'no-store',
    }).then(() => true, () => false);
    if (alive) return say('refused', { origin });
    const usual = [...host.origins, SERVICE].includes(origin);
    return say('notRunning') + (usual ? '' : `\n${say('perhapsRefused', { origin })}`);
  }

  /**
   * Ask the service and show what it says.
   *
   * @param {() => Promise<Reply & {mute?: boolean}>} request
   */
  function ask(request) {
    waiting += 1;
    refresh();
    answers = answers.then(request).then(present)
      .catch((error) => fail(error, () => ask(request)))
      .finally(() => { waiting -= 1; refresh(); });
  }

  /** @param {Promise<Take>} recording */
  function send(recording) {
    ask(async () => {
      const { sound, mute } = await recording;
      const form = new FormData();
      form.append('audio_file', sound, `speech.${/webm|mp4|ogg/.exec(sound.type)?.[0] ?? 'bin'}`);
      form.append('execute_commands', 'true');
      return { ...await call('/transcribe', form), mute };
    });
  }

  /** @type {(path: string, fields: object) => void} */
  const post = (path, fields) => ask(() => call(path, JSON.stringify(fields)));

  /** @param {Reply & {mute?: boolean}} reply */
  function present(reply) {
    if (life.signal.aborted) return;
    const heard = (reply.transcribed_text ?? '').trim();
    const { confirmation, suggestion, ai_response: answer } = reply;
    if (!heard) {
      show('info', say(reply.mute ? 'mute' : 'unheard'));
    } else if (confirmation) {
      askFirst(heard, confirmation);
    } else if (suggestion) {
      offer(heard, suggestion);
    } else if (reply.is_command) {
      show(reply.command_executed ? 'good' : 'bad', reply.command_result ?? '', { heard });
    } else if (answer) {
      show('info', answer, { heard, actions: [[say('toChat'), () => deliver(heard)]], stay: 60 });
    } else {
      deliver(heard);
    }
  }

  /**
   * Show the service's question before it does anything.
   *
   * @param {string} heard
   * @param {Confirmation} confirmation
   */
  function askFirst(heard, { id, prompt, expires_s: stay }) {
    /** @type {Action[]} */
    const actions = [
      [say('confirm'), () => post('/process/confirm', { id })],
      [say('cancel'), () => {}],
    ];
    show('info', prompt, { heard, actions, stay });
  }

  /**
   * Show what a command could mean whose name is not known: one of the choices, or chat after all.
   *
   * @param {string} heard
   * @param {Suggestion} suggestion
   */
  function offer(heard, { message, choices = [] }) {
    if (!choices.length) { deliver(heard, message); return; }
    /** @type {Action[]} */
    const actions = choices.map(({ label, text }) => [
      label, () => post('/process', { text, execute_commands: true }),
    ]);
    actions.push([say('toChat'), () => deliver(heard)]);
    show('info', message ?? '', { heard, actions, stay: 20 });
  }

  /* ---------- the chat box ---------- */
  /**
   * Put text into the chat box, or offer to copy it where there is none.
   *
   * @param {string} text
   * @param {string} [note] shown instead of the usual sentence
   */
  function deliver(text, note) {
    const host = findHost();
    const box = host.box();
    if (!box) {
      const copy = () => navigator.clipboard.writeText(text)
        .then(() => show('good', say('copied'), { stay: 2 }), fail);
      show('info', note ?? say('noChatBox'), {
        heard: text, actions: [[say('copy'), copy]], stay: 30,
      });
      return;
    }
    host.insert(box, text);
    show(note ? 'info' : 'good', note ?? say('inserted'), { stay: note ? 8 : 2 });
    if (page.VOICE_ASSISTANT_AUTO_SEND === true) host.submit();
  }

  /* ---------- begin and end ---------- */
  function remove() {
    end('cancelled');
    clearTimeout(hiding);
    life.abort();
    container.remove();
    if (page.voiceAssistant === api) delete page.voiceAssistant;
  }

  const api = Object.freeze({
    version: VERSION, remove, start: () => { press(); }, stop: release,
  });
  page.voiceAssistant = api;
  refresh();
  listenForPointers();
  listenForKeys();
  document.addEventListener('securitypolicyviolation', (event) => {
    blockedByCsp ||= event.blockedURI.startsWith(SERVICE);
  }, LIFELONG);
  const appear = () => document.body.append(container);
  if (document.body) appear();
  else document.addEventListener('DOMContentLoaded', appear, LIFELONG);
})();
