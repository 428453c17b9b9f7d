import './theme.css';
import './page.css';
import { render } from 'preact';
import { listenToKeys } from './keyboard';
import { LiveStream } from './live/liveStream';
import { startClock } from './state/clock';
import { openFromAddress } from './state/explained';
import { startTrends } from './state/trends';
import { App } from './views/App';

const stream = new LiveStream();
startClock(() => stream.restart());
startTrends();
listenToKeys();
openFromAddress();
addEventListener('hashchange', openFromAddress);
render(<App stream={stream} />, document.getElementById('app')!);
stream.start();
