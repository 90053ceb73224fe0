#!/usr/bin/env bash
# Names virtio disks on zCompute as the EBS API named them, since the EBS CSI driver looks for a volume under the name
# that it attached it with: /dev/xvdba. Disks of AWS are NVMe, and the driver finds those by itself.
# disks.sh: installs the rule. disks.sh name SERIAL: prints the name, for the rule.
set -euo pipefail

RULES="${ROOTSTOCK_ROOT:-}/etc/udev/rules.d"

# The serial number is the name in hexadecimal digits, filled up with zeros: 787664626100… is xvdba.
print_name() {
  local digits=${1//-/} name='' pair
  while [[ $digits =~ ^([0-9a-fA-F]{2})(.*)$ && ${BASH_REMATCH[1]} != 00 ]]; do
    digits=${BASH_REMATCH[2]}
    printf -v pair '%b' "\\x${BASH_REMATCH[1]}"
    name+=$pair
  done
  [[ $digits == 00* && $name =~ ^(xvd|sd|vd|hd)[a-z]+[0-9]*$ ]] || exit 1
  printf '%s\n' "$name"
}

# udev owns the link: it goes with its disk, and never leads to the next one that gets the same kernel name.
install_rule() {
  local rule="$RULES/61-rootstock-disks.rules"
  if [[ -e $rule ]]; then
    return
  fi
  # snapd mounts every new disk to look for assertions, just when the driver wants to format it.
  mkdir -p "$RULES"
  ln -sfn /dev/null "$RULES/66-snapd-autoimport.rules"
  install -D -m 0644 /dev/stdin "$rule" <<'RULE'
SUBSYSTEM=="block", ACTION!="remove", KERNEL=="vd*[!0-9]", PROGRAM="/usr/local/lib/rootstock/disks.sh name '$attr{serial}'", SYMLINK+="%c"
RULE
  udevadm control --reload
  udevadm trigger --subsystem-match=block
}

case ${1:-} in
  name) print_name "${2:-}" ;;
  *) install_rule ;;
esac
