"""What docs/how-to/connect-a-program.md tells a stranger works as it stands there."""

import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from shali.config import reference
from shali.exchange.rules import signature
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role, Verb
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.accounts.services.tokens import make_token
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope

GUIDE = Path(__file__).parents[4] / "docs/how-to/connect-a-program.md"
LIST = "姓名,联系电话\n例甲,14400000001\n例乙,14400000002\n例乙,14400000002\n"


def scripts() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_strangers_script_hands_a_list_in_and_fetches_its_reply(live, tmp_path):
    with in_scope(system_scope("test")):
        reference.ensure()
        user = add_user(username="duty", name="甄隐", at=now())
        post: Post = give_post(
            user=user, role=Role.CITY_DUTY, unit=Unit.objects.get(level=1), scope=None, by="system:test", at=now()
        )
        verbs = [Verb.SEE_LISTS, Verb.RECEIVE_LISTS, Verb.REPLY_TO_LISTS]
        token = make_token(post=post, name="流水线", verbs=verbs, days=1, by="system:test", at=now()).token
    script, given, reply = tmp_path / "hand_in.py", tmp_path / "list.csv", tmp_path / "reply.xlsx"
    script.write_text(scripts()[0], encoding="utf-8")
    given.write_text(LIST, encoding="utf-8")

    program = subprocess.Popen(
        [sys.executable, script, live.url, given, reply],
        env=os.environ | {"SHALI_TOKEN": token, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    end = time.monotonic() + 90
    while program.poll() is None and time.monotonic() < end:
        live.run_jobs()
    program.kill()
    said = program.communicate()[0]

    assert program.returncode == 0, said
    assert "A 姓名: name" in said
    assert "received 3" in said
    assert zipfile.is_zipfile(reply)


def test_the_strangers_check_knows_our_signature_from_anothers():
    known: dict[str, object] = {}
    exec(scripts()[1], known)  # the document's own words
    is_ours = known["is_from_shali"]
    seconds = int(time.time())
    header = signature(b"secret", b"{}", seconds=seconds)

    assert is_ours(b"secret", header, b"{}")
    assert not is_ours(b"secret", header, b"{ }")
    assert not is_ours(b"other", header, b"{}")
    assert not is_ours(b"secret", signature(b"secret", b"{}", seconds=seconds - 301), b"{}")
