#!/usr/bin/env bash
# Measures on a card what no test can know: `bash tests/gpu/run.sh A B C D`; see tests/gpu/__init__.py for the phases.
#
# OUT names the folder of the results (gpu_out): summary_X.json, log_X.txt, gpu_X.tar.gz with every run, and bars.json.
# BUDGET=240 shortens a phase: what does not fit is skipped, by name. PY names the Python. Wheels in the folder WHL
# (whl beside the checkout), such as msgspec and platformdirs, are installed first, into a folder of their own.
# No setting of the card is changed. Without a card: DEVICE=cpu QUICK=1.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PY=${PY:-python3}
DEVICE=${DEVICE:-cuda}
BUDGET=${BUDGET:-555}
OUT=${OUT:-gpu_out}
WHL=${WHL:-whl}
mkdir -p "$OUT"
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
if compgen -G "$WHL/*.whl" >/dev/null && [ "$DEVICE" != cpu ]; then
    SITE=${TMPDIR:-/tmp}/resnet_viz_gpu_site
    "$PY" -m pip install -q --no-index --no-deps --no-compile --no-cache-dir --upgrade --target "$SITE" "$WHL"/*.whl \
        || { echo "the wheels did not install"; exit 1; }
    export PYTHONPATH=$SITE${PYTHONPATH:+:$PYTHONPATH}
fi
status=0
for PHASE in "${@:-A}"; do
    # the phase keeps to its own budget and ends its steps itself; this is for one that hangs
    timeout -k 15 "$((BUDGET + 20))" "$PY" -m tests.gpu "$PHASE" --out "$OUT" --device "$DEVICE" --budget "$BUDGET" \
        ${QUICK:+--quick} 2>&1 | tee "$OUT/log_$PHASE.txt"
    [ "${PIPESTATUS[0]}" = 0 ] || status=1
done
exit $status
