# Guard of a JVM. Waits for the end of its standard input, a pipe held by the JVM only, and then ends the processes that
# the JVM has left behind. The first line of the input is the name of the marker. Each further line lists the living
# processes as "pid:start pid:start". The line "done" dismisses the guard. Runs in any POSIX shell.

trap '' INT TERM HUP
read -r marker || exit 0
known=''
while read -r line; do
  [ "$line" = done ] && exit 0
  known=$line
done

spaces=$IFS
# some versions of grep do not support lines terminated by NUL, others accept a newline as the end of a line as well
entries=no
printf 'a\0b=\0' | grep -qz '^b=' && ! printf 'a\nb=\0' | grep -qz '^b=' && entries=yes
# processes whose environment could not be read in time; from then on, these are read one at a time
silent=' '
groups=' '

# Set now to the centiseconds since boot.
uptime() {
  read -r now rest < /proc/uptime
  now=${now%.*}${now#*.}
}

# List the living processes as pid:parent:group:session:start, and the environments to search, together or separately.
scan() {
  table=''
  files=''
  apart=''
  for dir in /proc/[0-9]*; do
    stat='' part=''
    # the name of a program may contain any character, including newlines
    while read -r part; do stat="$stat $part"; done < "$dir/stat"
    stat="$stat $part"
    case $stat in *')'*) ;; *) continue ;; esac
    set -f
    set -- ${stat##*) }
    set +f
    case $1 in Z | X) continue ;; esac
    pid=${dir#/proc/}
    table="$table $pid:$2:$3:$4:${20}"
    # execve(2) accepts no more than 6 MiB, but a process may declare any of its memory to be its environment
    size=$((${49:-0} - ${48:-0}))
    [ $size -lt 0 ] || [ $size -gt 6291456 ] && continue
    case $silent in
      *" $pid:${20} "*) apart="$apart $dir/environ" ;;
      *) files="$files $dir/environ" ;;
    esac
  done
}

# Test whether an environment contains an entry that begins with the marker, as opposed to the marker within a value.
is_marked() {
  if [ $entries = yes ]; then
    timeout 1 grep -sqz "^$marker=" "$1"
  else
    timeout 1 tr '\n\0' ' \n' < "$1" | grep -q "^$marker="
  fi
}

# Find the files that contain the marker. A read may block or be slow: such files are searched separately, each with a
# time limit.
search() {
  if [ $entries = yes ]; then
    found=$(timeout 2 grep -slz "^$marker=" $files)
  else
    found=$(timeout 2 grep -sl "$marker=" $files)
  fi
  if [ $? -ge 124 ]; then
    found=''
    apart="$apart $files"
  elif [ $entries = no ]; then
    # these contain the marker, but perhaps within a value
    apart="$apart $found"
    found=''
  fi
  uptime
  searched=$now
  unsure=no
  for file in $apart; do
    uptime
    if [ $((now - searched)) -gt 500 ]; then
      unsure=yes
      break
    fi
    is_marked "$file"
    case $? in
      0) found="$found $file" ;;
      12[4-9] | 137)
        unsure=yes
        note_silent "$file"
        ;;
    esac
  done
}

note_silent() {
  pid=${1#/proc/}
  pid=${pid%/environ}
  for entry in $table; do
    case $silent in *" $pid:${entry##*:} "*) continue ;; esac
    case $entry in "$pid":*) silent="$silent$pid:${entry##*:} " ;; esac
  done
}

# Collect the members: processes that carry the marker or were members before, their descendants, and the processes in a
# session or process group created by a member.
gather() {
  members=' '
  for file in $found; do
    pid=${file#/proc/}
    members="$members${pid%/environ} "
  done
  used=' '
  for entry in $table; do
    IFS=:; set -- $entry; IFS=$spaces
    case $groups in *" $3 "*) used="$used$3 " ;; esac
    case $groups in *" $4 "*) used="$used$4 " ;; esac
  done
  # the ID of an empty group may be reused by an unrelated process
  groups=$used
  grown=yes
  while [ $grown = yes ]; do
    grown=no
    for entry in $table; do
      IFS=:; set -- $entry; IFS=$spaces
      [ "$1" = $$ ] && continue
      case $members in
        *" $1 "*) ;;
        *)
          joins=no
          case " $known " in *" $1:$5 "*) joins=yes ;; esac
          case $members in *" $2 "*) joins=yes ;; esac
          case $groups in *" $3 "* | *" $4 "*) joins=yes ;; esac
          [ $joins = yes ] || continue
          members="$members$1 "
          grown=yes
          ;;
      esac
      if [ "$3" = "$1" ] || [ "$4" = "$1" ]; then
        case $groups in *" $1 "*) ;; *) groups="$groups$1 "; grown=yes ;; esac
      fi
    done
  done
  # remember the members: a process that loses its parent remains one
  known=''
  for entry in $table; do
    case $members in *" ${entry%%:*} "*) known="$known ${entry%%:*}:${entry##*:}" ;; esac
  done
}

uptime
began=$now
empty=0
termed=no
# two empty scans in a row: between fork and exec, a child still shows the environment of the JVM
while [ $empty -lt 2 ]; do
  scan
  search
  gather
  uptime
  if [ "$members" = ' ' ]; then
    # on a busy machine, a process whose environment could not be read in time may be a member
    [ $unsure = yes ] && [ $((now - began)) -lt 2000 ] || empty=$((empty + 1))
  else
    empty=0
    if [ $termed = no ]; then
      termed=yes
      kill -s TERM $members
    elif [ $((now - began)) -ge 100 ]; then
      kill -s KILL $members
    fi
    [ $((now - began)) -ge 6000 ] && exit 1
  fi
  sleep 0.1
done
