#!/bin/sh
# Builds api/web/static/vendor from pinned packages: htmx as published, ECharts reduced to the charts in echarts.entry.js.
# Needs node and npm; the packages go to a temporary folder. The same versions give the same bytes: compare with VERSIONS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out="$here/../../api/web/static/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/echarts.entry.js" "$work"
cd "$work"
npm install --no-package-lock --no-audit --no-fund --loglevel=error
mkdir -p "$out"
npx esbuild echarts.entry.js --bundle --minify --format=iife --global-name=echarts --target=es2020 \
  --legal-comments=inline --charset=utf8 --define:process.env.NODE_ENV='"production"' --outfile="$out/echarts.min.js" --log-level=warning
cp node_modules/htmx.org/dist/htmx.min.js "$out/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$out/LICENSE.htmx"
cp node_modules/echarts/LICENSE "$out/LICENSE.echarts"
cp node_modules/echarts/NOTICE "$out/NOTICE.echarts"
cp node_modules/zrender/LICENSE "$out/LICENSE.zrender"
version() { node -p "require('./node_modules/$1/package.json').version"; }
{
  echo "# file sha256 version; rebuilt by tools/vendor/build.sh"
  echo "htmx.min.js $(sha256sum < "$out/htmx.min.js" | cut -d' ' -f1) htmx.org $(version htmx.org)"
  echo "echarts.min.js $(sha256sum < "$out/echarts.min.js" | cut -d' ' -f1) echarts $(version echarts), zrender $(version zrender), tslib $(version tslib), esbuild $(version esbuild)"
} > "$out/VERSIONS"
cat "$out/VERSIONS"
