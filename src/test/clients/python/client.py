"""What a program with a generated client does: two people meet and talk, and each refusal comes with its code, typed."""

import sys
import uuid

from xfchat_client import AuthenticatedClient, Client
from xfchat_client.api.accounts import sign_up
from xfchat_client.api.conversations import conversations
from xfchat_client.api.friends import answer_friend, ask_friend, pending_friend_requests
from xfchat_client.api.messages import history
from xfchat_client.api.sync import append
from xfchat_client.models import (
    AuthResponse,
    Conversations,
    FriendRequestAnswer,
    FriendRequestAnswerResult,
    FriendRequestDraft,
    FriendRequestResult,
    FriendRequests,
    History,
    MessageDraft,
    Problem,
    ProblemCode,
    SignUp,
    Stored,
)

BASE_URL = sys.argv[1]

# Makes refusals JSON: the library itself would send "*/*", get a sentence, and fail over it.
HEADERS = {"Accept": "application/json"}


def got(kind, answer):
    """The answer, if it is of the kind that was hoped for."""
    if not isinstance(answer, kind):
        raise SystemExit(f"expected {kind.__name__}, got {answer}")
    return answer


def refused(code, answer):
    problem = got(Problem, answer)
    if problem.code is not code:
        raise SystemExit(f"expected {code}, got {problem.code}")


def account(username):
    draft = SignUp(username=username, email=f"{username}@example.test", password="correct horse")
    return got(AuthResponse, sign_up.sync(client=anonymous, body=draft))


def signed_in(person):
    return AuthenticatedClient(base_url=BASE_URL, token=person.token, headers=HEADERS)


anonymous = Client(base_url=BASE_URL, headers=HEADERS)
suffix = uuid.uuid4().hex[:8]
ada, grace, eve = (account(f"{name}_{suffix}") for name in ("ada", "grace", "eve"))

again = SignUp(username=ada.user.username, email="another@example.test", password="correct horse")
refused(ProblemCode.USERNAME_TAKEN, sign_up.sync(client=anonymous, body=again))

draft = FriendRequestDraft(to_email=grace.user.email)
if not got(FriendRequestResult, ask_friend.sync(client=signed_in(ada), body=draft)).success:
    raise SystemExit("the friend request was refused")
request = got(FriendRequests, pending_friend_requests.sync(client=signed_in(grace))).requests[0]
answer = FriendRequestAnswer(request_id=request.id, accept=True)
got(FriendRequestAnswerResult, answer_friend.sync(client=signed_in(grace), body=answer))

conversation = got(Conversations, conversations.sync(client=signed_in(ada))).conversations[0]
message = uuid.uuid4()
hello = MessageDraft(content="Hello, Grace", message_type="text")
stored = got(Stored, append.sync(conversation.id, message, client=signed_in(ada), body=hello))
if stored.message_id != message:
    raise SystemExit("another message was stored")

page = got(History, history.sync(conversation.id, client=signed_in(grace), limit=10))
if page.messages[0].content != "Hello, Grace":
    raise SystemExit("the message did not arrive")
refused(ProblemCode.NOT_PARTICIPANT, history.sync(conversation.id, client=signed_in(eve)))
print("done")
