// Runs before the first paint, so that a chosen scheme never flashes the other one.
try {
  const chosen = localStorage.getItem('edgedcim.scheme');
  const light = chosen === 'light' || (chosen !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.scheme = light ? 'light' : 'dark';
} catch {
  document.documentElement.dataset.scheme = 'dark';
}
