/** What the page to join says, in both languages. */
import type { Device, EndReason, GpuView } from '@shoal/worker/browser';
import type { Texts } from '../shared/language.ts';
import { textsIn } from '../shared/language.ts';
import type { Extra } from './extras.ts';

type LedgerKind =
  | 'gradients'
  | 'counts'
  | 'greeting'
  | 'otherSent'
  | 'parameters'
  | 'leases'
  | 'blocks'
  | 'news'
  | 'otherReceived';

type JoinTexts = {
  readonly title: string;
  readonly invitation: string;
  readonly whatHappens: (host: string) => string;
  readonly cost: (threads: number, cores: number) => string;
  readonly nameLabel: string;
  readonly nameHint: string;
  readonly join: string;
  readonly noToken: string;
  readonly cannotCompute: string;
  readonly notStarted: string;
  readonly phases: Readonly<
    Record<
      | 'connecting'
      | 'computing'
      | 'silent'
      | 'reconnecting'
      | 'waiting'
      | 'paused'
      | 'left'
      | 'over'
      | 'removed'
      | 'failed',
      string
    >
  >;
  readonly phaseNotes: Readonly<
    Record<'connecting' | 'reconnecting' | 'waiting' | 'paused' | 'left' | 'over' | 'removed', string>
  >;
  readonly silentFor: (seconds: number) => string;
  /** Why nothing that is computed here counts, and what can be done. */
  readonly idle: Readonly<
    Record<
      'line' | 'machine' | 'slow' | 'nothingLeft' | 'paused',
      { readonly title: string; readonly note: string }
    >
  >;
  /** Ends that a person can do something about; the worker's own sentence stands below. */
  readonly ends: Readonly<Partial<Record<EndReason, string>>>;
  readonly letInAgain: string;
  readonly slowedTo: (limit: number) => string;
  readonly firstGradient: (seconds: string) => string;
  readonly pause: string;
  readonly resume: string;
  readonly leave: string;
  readonly joinAgain: string;
  readonly waitForNext: string;
  readonly yourPart: string;
  readonly samples: string;
  readonly late: string;
  readonly share: string;
  readonly rank: string;
  readonly rankOf: (rank: string, workers: string) => string;
  readonly speed: string;
  readonly perSecond: (samples: string) => string;
  readonly leases: string;
  readonly theRun: string;
  readonly epochOf: (epoch: string, epochs: string) => string;
  readonly states: Readonly<
    Record<
      | 'waiting'
      | 'training'
      | 'validating'
      | 'testing'
      | 'paused'
      | 'finished'
      | 'stopped'
      | 'diverged'
      | 'failed',
      string
    >
  >;
  readonly result: (accuracy: string) => string;
  readonly trainLoss: string;
  readonly validationAccuracy: string;
  readonly noCurveYet: string;
  readonly chart: (loss: string, accuracy: string | null) => string;
  readonly epochs: string;
  readonly settings: string;
  readonly limit: string;
  readonly limitValue: (percent: number) => string;
  readonly threads: string;
  readonly threadsOf: (cores: number) => string;
  readonly device: string;
  readonly devices: Readonly<Record<Device, string>>;
  readonly gpuNeedsHttps: string;
  readonly gpuStates: Readonly<Record<Exclude<GpuView['state'], 'none'>, (name: string) => string>>;
  readonly awake: string;
  readonly whatLeaves: string;
  readonly whatLeavesAnswer: string;
  readonly sent: string;
  readonly received: string;
  /** What rounding vectors has spared. */
  readonly saved: (bytes: string) => string;
  readonly total: string;
  readonly ledger: Readonly<Record<LedgerKind, string>>;
  readonly missing: (what: string) => string;
  readonly missingExtras: Readonly<Record<Extra, string>>;
  readonly andSeparator: string;
  readonly insecure: string;
  readonly by: (who: string) => string;
  readonly trainsNow: (about: string) => string;
  readonly trainsWhat: (name: string, dataSet: string, parameters: string) => string;
  readonly others: (count: number) => string;
  readonly noRunYet: string;
  readonly lecture: string;
  readonly tryModel: string;
  readonly ranking: string;
  readonly slotsLost: (count: number) => string;
  readonly toDark: string;
  readonly toLight: string;
  readonly otherLanguage: string;
};

const TEXTS: Texts<JoinTexts> = {
  en: {
    title: 'Join – Shoal',
    invitation: 'Lend this device to a neural network',
    whatHappens: (host) =>
      `Press the button, and this tab computes small pieces of a training run; the coordinator, ${host}, puts the pieces of all devices together. There is nothing to install and no account; close the tab and it is over.`,
    cost: (threads, cores) =>
      `It costs processor time (${threads} of ${cores} ${cores === 1 ? 'core' : 'cores'}, which you can change), battery, and network traffic.`,
    nameLabel: 'Your name (optional)',
    nameHint: 'Shown to all who watch the run.',
    join: 'Join',
    noToken:
      'This link is incomplete: what follows the # is missing. Ask for the whole link, or scan the code again.',
    cannotCompute:
      'This browser is too old to compute (it lacks WebAssembly SIMD). Any Chrome, Edge, Firefox or Safari of the last years can.',
    notStarted: 'Part of this page could not be loaded. Check the connection and try again.',
    phases: {
      connecting: 'Connecting …',
      computing: 'Computing',
      silent: 'No word from the coordinator',
      reconnecting: 'Connection lost',
      waiting: 'Waiting for the next run',
      paused: 'Paused',
      left: 'You have left',
      over: 'The run is over',
      removed: 'The operator has ended your part',
      failed: 'This does not work',
    },
    phaseNotes: {
      connecting: 'The first result is on its way in a moment.',
      reconnecting: 'This tab comes back by itself; nothing is lost.',
      waiting: 'Leave this tab open: it goes on by itself when the next run begins.',
      paused: 'Nothing is computed. Others have taken over what was begun here.',
      left: 'Thank you for your help.',
      over: 'Thank you for your help.',
      removed:
        'Thank you for your help. What you computed stays in the model and counts as yours. If you would like to go on, ask the operator to let you in again.',
    },
    silentFor: (seconds) =>
      `Nothing has been heard for ${seconds} s: the connection is gone, or busy. This tab goes on by itself as soon as it can; nothing is lost.`,
    idle: {
      line: {
        title: 'Computing, but too late to count',
        note: 'Others have answered before the results from here arrive: the network of this device is too slow for this run. A better network helps, and so does a run that has more to compute between two exchanges. You may stay: as soon as a result is in time, it counts.',
      },
      machine: {
        title: 'Computing, but too late to count',
        note: 'Others have answered before this device is done: it is too slow for this run, as things are. Give it more (the processor limit, the threads, power) if you can. You may stay: as soon as a result is in time, it counts.',
      },
      slow: {
        title: 'Computing, but nothing has counted',
        note: 'No result from here has come in time so far: the network or the device is too slow for this run. A better network may help, or more of the processor, and so does a run that has more to compute between two exchanges. You may stay: as soon as a result is in time, it counts.',
      },
      nothingLeft: {
        title: 'Nothing left to do here',
        note: 'The others do all that there is to do at the moment. You may stay: when somebody leaves or the work grows, this device takes its part.',
      },
      paused: {
        title: 'Resting',
        note: 'The operator gives this device nothing to do for now. What it has done counts.',
      },
    },
    ends: {
      notShoal: 'What answers at this address is no Shoal coordinator. Ask for the link again.',
      noUpgrade:
        'The coordinator is there, but something between it and this device (a proxy, which does not pass WebSockets on) lets the page through and not the work. Another network may help; tell the operator.',
      redirect:
        'The address sends this page elsewhere, which is not followed. Ask for a link to where it leads.',
      forbidden: 'The coordinator takes nobody from this page. Tell the operator.',
      busy: 'The coordinator has too much to do. Try again later.',
      unreachable: 'The coordinator does not answer. Check the network, and ask whether it is still running.',
      memory:
        'This run takes more memory than this tab may use. Fewer threads may help, or a computer with more memory.',
      badToken: 'The link does not hold any more. Ask for a new one.',
      revoked: 'The operator has withdrawn this link. Ask for a new one.',
      replaced: 'This volunteer computes in another tab.',
      convicted: 'An answer from this device was wrong, so that it takes no further part in this run.',
    },
    letInAgain: 'I have been let in again',
    slowedTo: (limit) => `slowed down to ${limit}%`,
    firstGradient: (seconds) => `First result sent ${seconds} s after you joined.`,
    pause: 'Pause',
    resume: 'Continue',
    leave: 'Leave',
    joinAgain: 'Join again',
    waitForNext: 'Wait for the next run',
    yourPart: 'Your part',
    samples: 'Samples that counted',
    late: 'Came too late',
    share: 'Share',
    rank: 'Rank',
    rankOf: (rank, workers) => `${rank} of ${workers}`,
    speed: 'Speed',
    perSecond: (samples) => `${samples}/s`,
    leases: 'Tasks done',
    theRun: 'The run',
    epochOf: (epoch, epochs) => `Pass ${epoch} of ${epochs} over the data (epoch)`,
    states: {
      waiting: 'waiting',
      training: 'training',
      validating: 'validating',
      testing: 'testing',
      paused: 'paused',
      finished: 'finished',
      stopped: 'stopped',
      diverged: 'diverged: its numbers grew beyond bounds',
      failed: 'failed',
    },
    result: (accuracy) => `Test accuracy ${accuracy}`,
    trainLoss: 'Training loss',
    validationAccuracy: 'Validation accuracy',
    noCurveYet: 'The curve begins with the first step.',
    chart: (loss, accuracy) =>
      `Curve of the run: training loss ${loss}${accuracy === null ? '' : `, validation accuracy ${accuracy}`}.`,
    epochs: 'epochs',
    settings: 'How much to give',
    limit: 'Processor limit',
    limitValue: (percent) => `${percent}%`,
    threads: 'Threads',
    threadsOf: (cores) => `of ${cores}`,
    device: 'Compute with',
    devices: { auto: 'the faster', processor: 'the processor', gpu: 'the graphics processor' },
    gpuNeedsHttps: 'Browsers let pages use a graphics processor at https addresses only.',
    gpuStates: {
      used: (name) => `Computes on ${name}.`,
      measuring: (name) => `Tries whether ${name} is faster.`,
      notWanted: (name) => `There is also ${name}.`,
      played: (name) => `${name} is only imitated by the processor, which computes by itself.`,
      slower: (name) => `The processor is faster here than ${name}.`,
      lost: (name) => `${name} has failed. The processor goes on in its place.`,
      exactRun: (name) => `This run is computed to the bit, which ${name} cannot do: the processor does it.`,
    },
    awake: 'Keep the screen on',
    whatLeaves: 'What leaves my computer?',
    whatLeavesAnswer:
      'Results computed from the run’s own data (gradients, which say how to change the model, and counts), the name you give, the browser’s name, and how fast it computes. Nothing else: no files, no history, no location. Like every web server, the coordinator sees your network address.',
    sent: 'Sent',
    received: 'Received',
    saved: (bytes) => `Results and parameters travel in few bits: ${bytes} less than in full.`,
    total: 'Total',
    ledger: {
      gradients: 'Results (gradients)',
      counts: 'How right the model was',
      greeting: 'Name, browser, threads',
      otherSent: 'Signs of life',
      parameters: 'The model (parameters)',
      leases: 'Work to do',
      blocks: 'Data set',
      news: 'Figures on this page',
      otherReceived: 'The run’s description, signs of life',
    },
    missing: (what) => `Not available here: ${what}. Computing works without.`,
    missingExtras: {
      wakeLock: 'keeping the screen on',
      battery: 'the battery’s level',
      relaxedSimd: 'the fastest arithmetic',
      cores: 'the number of cores',
    },
    andSeparator: ', ',
    insecure: 'The page comes over an unencrypted connection (http), so browsers withhold some of this.',
    by: (who) => `${who} invites you.`,
    trainsNow: (about) => `What is being trained: ${about}`,
    trainsWhat: (name, dataSet, parameters) => `${name}, on ${dataSet}: ${parameters} numbers are learned.`,
    others: (count) => (count === 1 ? 'One device takes part.' : `${count} devices take part.`),
    noRunYet: 'Nothing is being trained yet; whoever has joined waits for the first run.',
    lecture: 'On the screen now',
    tryModel: 'Try the model',
    ranking: 'Who has done most',
    slotsLost: (count) =>
      count === 1 ? 'One thread failed and was replaced.' : `${count} threads failed and were replaced.`,
    toDark: 'Dark',
    toLight: 'Light',
    otherLanguage: '中文',
  },
  zh: {
    title: '加入 – Shoal',
    invitation: '借出这台设备，一起训练神经网络',
    whatHappens: (host) =>
      `点击按钮后，这个标签页会计算训练任务的一小部分，由协调器 ${host} 汇总所有设备的结果。无需安装，无需账号；关闭标签页即停止。`,
    cost: (threads, cores) => `会占用处理器（${cores} 个核心中的 ${threads} 个，可以调整）、电量和网络流量。`,
    nameLabel: '你的名字（可不填）',
    nameHint: '所有观看训练的人都能看到。',
    join: '加入',
    noToken: '链接不完整：缺少 # 之后的部分。请索取完整链接，或重新扫描二维码。',
    cannotCompute:
      '此浏览器太旧，无法计算（缺少 WebAssembly SIMD）。近几年的 Chrome、Edge、Firefox、Safari 都可以。',
    notStarted: '页面的一部分没有加载成功。请检查网络后重试。',
    phases: {
      connecting: '正在连接……',
      computing: '正在计算',
      silent: '收不到协调器的消息',
      reconnecting: '连接中断',
      waiting: '等待下一次训练',
      paused: '已暂停',
      left: '你已离开',
      over: '训练已结束',
      removed: '管理员已结束你的参与',
      failed: '无法继续',
    },
    phaseNotes: {
      connecting: '马上就会有第一个结果。',
      reconnecting: '会自动重新连接，不会丢失任何东西。',
      waiting: '请保持此标签页打开：下一次训练开始时会自动继续。',
      paused: '没有在计算。已开始的部分由其他设备接手。',
      left: '感谢你的帮助。',
      over: '感谢你的帮助。',
      removed: '感谢你的帮助。你算出的结果会留在模型里，仍然记在你名下。如果想继续，请管理员重新允许你加入。',
    },
    silentFor: (seconds) =>
      `已有 ${seconds} 秒没有收到任何消息：网络断开了，或者正忙。恢复后此标签页会自动继续，不会丢失任何东西。`,
    idle: {
      line: {
        title: '正在计算，但来不及计入',
        note: '这里的结果送到之前，别的设备已经给出了答案：对这次训练来说，这台设备的网络太慢。换更好的网络会有帮助；如果一次训练在两次传输之间要算得更多，也会好转。可以继续留下：一旦有结果及时送到，就会计入。',
      },
      machine: {
        title: '正在计算，但来不及计入',
        note: '这台设备算完之前，别的设备已经给出了答案：就目前而言，它对这次训练来说太慢。可以的话，请提高处理器上限或线程数，或者接上电源。可以继续留下：一旦有结果及时送到，就会计入。',
      },
      slow: {
        title: '正在计算，但尚未计入任何结果',
        note: '到目前为止，这里没有结果及时送到：对这次训练来说，网络或设备太慢。换更好的网络、分配更多处理器，都可能有帮助；如果一次训练在两次传输之间要算得更多，也会好转。可以继续留下：一旦有结果及时送到，就会计入。',
      },
      nothingLeft: {
        title: '暂时没有可做的计算',
        note: '目前其他设备已经承担了全部计算。可以继续留下：有设备离开或计算变多时，这台设备就会参与。',
      },
      paused: {
        title: '正在休息',
        note: '管理员暂时不给这台设备分配计算。已完成的部分照样计入。',
      },
    },
    ends: {
      notShoal: '这个地址上不是 Shoal 协调器。请重新索取链接。',
      noUpgrade:
        '协调器在运行，但它与这台设备之间的代理只放行网页，不放行计算所需的连接（WebSocket）。换一个网络也许可行；请告诉管理员。',
      redirect: '这个地址把页面转到了别处，这里不会跟随。请索取指向新地址的链接。',
      forbidden: '协调器不接受来自此页面的连接。请告诉管理员。',
      busy: '协调器太忙。请稍后再试。',
      unreachable: '协调器没有应答。请检查网络，并询问它是否还在运行。',
      memory: '这次训练需要的内存超过此标签页可用的内存。减少线程，或换一台内存更大的电脑。',
      badToken: '链接已失效。请索取新链接。',
      revoked: '管理员已撤销此链接。请索取新链接。',
      replaced: '这位志愿者正在另一个标签页中计算。',
      convicted: '这台设备给出过错误的答案，因此不再参与这次训练。',
    },
    letInAgain: '我已获准重新加入',
    slowedTo: (limit) => `已减速到 ${limit}%`,
    firstGradient: (seconds) => `加入后 ${seconds} 秒送出第一个结果。`,
    pause: '暂停',
    resume: '继续',
    leave: '离开',
    joinAgain: '重新加入',
    waitForNext: '等待下一次训练',
    yourPart: '你的贡献',
    samples: '计入的样本',
    late: '来不及计入',
    share: '占比',
    rank: '名次',
    rankOf: (rank, workers) => `${rank} / ${workers} 台`,
    speed: '速度',
    perSecond: (samples) => `${samples}/秒`,
    leases: '完成的任务',
    theRun: '训练情况',
    epochOf: (epoch, epochs) => `第 ${epoch} 轮，共 ${epochs} 轮`,
    states: {
      waiting: '等待中',
      training: '训练中',
      validating: '验证中',
      testing: '测试中',
      paused: '已暂停',
      finished: '已完成',
      stopped: '已停止',
      diverged: '已发散（数值失控）',
      failed: '失败',
    },
    result: (accuracy) => `测试准确率 ${accuracy}`,
    trainLoss: '训练损失',
    validationAccuracy: '验证准确率',
    noCurveYet: '第一步之后开始显示曲线。',
    chart: (loss, accuracy) =>
      `训练曲线：训练损失 ${loss}${accuracy === null ? '' : `，验证准确率 ${accuracy}`}。`,
    epochs: '轮',
    settings: '借出多少',
    limit: '处理器上限',
    limitValue: (percent) => `${percent}%`,
    threads: '线程',
    threadsOf: (cores) => `共 ${cores} 个核心`,
    device: '计算设备',
    devices: { auto: '较快的一个', processor: '处理器', gpu: '图形处理器' },
    gpuNeedsHttps: '浏览器只允许 https 地址的网页使用图形处理器。',
    gpuStates: {
      used: (name) => `正在用 ${name} 计算。`,
      measuring: (name) => `正在测试 ${name} 是否更快。`,
      notWanted: (name) => `还有 ${name} 可用。`,
      played: (name) => `${name} 只是由处理器模拟的，因此直接用处理器计算。`,
      slower: (name) => `在这台设备上，处理器比 ${name} 快。`,
      lost: (name) => `${name} 出了故障，由处理器继续计算。`,
      exactRun: (name) => `这次训练要求结果逐位相同，${name} 做不到，因此用处理器计算。`,
    },
    awake: '保持屏幕常亮',
    whatLeaves: '我的电脑会送出什么？',
    whatLeavesAnswer:
      '由训练自身的数据算出的结果（梯度，即模型应如何调整，以及计数）、你填写的名字、浏览器名称，以及计算速度。除此之外什么都没有：没有文件、没有浏览记录、没有位置。和任何网站一样，协调器能看到你的网络地址。',
    sent: '送出',
    received: '收到',
    saved: (bytes) => `计算结果和参数只用很少的位数传输：比完整传输少 ${bytes}。`,
    total: '合计',
    ledger: {
      gradients: '计算结果（梯度）',
      counts: '模型答对了多少',
      greeting: '名字、浏览器、线程数',
      otherSent: '保持连接的消息',
      parameters: '模型（参数）',
      leases: '要做的计算',
      blocks: '数据集',
      news: '本页的数字',
      otherReceived: '训练说明、保持连接的消息',
    },
    missing: (what) => `此处不可用：${what}。不影响计算。`,
    missingExtras: {
      wakeLock: '保持屏幕常亮',
      battery: '电量',
      relaxedSimd: '最快的运算',
      cores: '核心数',
    },
    andSeparator: '、',
    insecure: '页面通过未加密的连接（http）打开，浏览器因此不提供其中一些功能。',
    by: (who) => `${who} 邀请你。`,
    trainsNow: (about) => `正在训练：${about}`,
    trainsWhat: (name, dataSet, parameters) => `${name}，数据集 ${dataSet}：要学习 ${parameters} 个数。`,
    others: (count) => `有 ${count} 台设备参加。`,
    noRunYet: '还没有开始训练；加入后会等待第一次训练。',
    lecture: '屏幕上正在讲',
    tryModel: '试用模型',
    ranking: '贡献排名',
    slotsLost: (count) => `${count} 个线程失败，已被替换。`,
    toDark: '深色',
    toLight: '浅色',
    otherLanguage: 'English',
  },
};

/** Read while rendering, so that a change of language shows. */
export const texts = (): JoinTexts => textsIn(TEXTS);
