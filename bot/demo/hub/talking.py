"""What people say on issues and pull requests: comments and reactions."""

from bot.demo.hub.accounts import User
from bot.demo.hub.deeds import add_comment
from bot.demo.hub.events import Event
from bot.demo.hub.pushing import Pushing
from bot.demo.hub.records import Comment, Issue, Reaction, Repository, Topic


class Talking(Pushing):
    """Deeds in conversations. A repository is named `owner/name`, a person by login."""

    def open_issue(
        self, repository: str, *, author: str, title: str, body: str | None = None
    ) -> Issue:
        with self.state.lock:
            at, now = self.state.repository(repository), self.state.now()
            user, number = self.state.user(author), at.next_number
            made = Issue(self.state.next_id(), number, title, body, user, now, now)
            at.issues[number] = made
            return made

    def comment(self, repository: str, number: int, *, author: str, body: str) -> Event:
        with self.state.lock:
            at, topic = self._topic(repository, number)
            user = self.state.user(author)
            comment = add_comment(self.state, topic, user, body)
            return self._tell(self.write.comment(at, topic, user, comment))

    def edit_comment(
        self, repository: str, number: int, comment_id: int, *, author: str, body: str
    ) -> Event:
        with self.state.lock:
            at, topic, comment, user = self._comment(repository, number, comment_id, author)
            changed = {"changes": {"body": {"from": comment.body}}, "action": "edited"}
            comment.body, comment.updated_at = body, self.state.now()
            return self._tell(self.write.comment(at, topic, user, comment, **changed))

    def delete_comment(
        self, repository: str, number: int, comment_id: int, *, author: str
    ) -> Event:
        with self.state.lock:
            at, topic, comment, user = self._comment(repository, number, comment_id, author)
            del topic.comments[comment_id]
            return self._tell(self.write.comment(at, topic, user, comment, action="deleted"))

    def react(
        self, repository: str, number: int, comment_id: int, *, author: str, content: str
    ) -> Reaction:
        """GitHub tells nobody of a reaction."""
        with self.state.lock:
            at, _, _, user = self._comment(repository, number, comment_id, author)
            now = self.state.now()
            left = Reaction(self.state.next_id(), comment_id, user, content, now)
            at.reactions.append(left)
            return left

    def _topic(self, repository: str, number: int) -> tuple[Repository, Topic]:
        at = self.state.repository(repository)
        return at, next(each for each in at.topics if each.number == number)

    def _comment(
        self, repository: str, number: int, comment_id: int, author: str
    ) -> tuple[Repository, Topic, Comment, User]:
        at, topic = self._topic(repository, number)
        return at, topic, topic.comments[comment_id], self.state.user(author)
