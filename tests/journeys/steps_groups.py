"""b: a leader opens an account, makes an unregistered group known with its host, and a member joins."""

from __future__ import annotations

from tests.journeys.person import PASSWORD
from tests.journeys.story import NEWCOMERS, SECRET, Story

LEADER, MEMBER = NEWCOMERS["leader"], NEWCOMERS["member"]
FORGETFUL, INVITED = "partner@demo.example", "tianhe@example.org"
GROUP = "榕荫敲门小队"
HOST = "珠水清流环保队"


def leader_opens_an_account(story: Story) -> None:
    leader = story.newcomer("leader")
    leader.open(story.kept["public"])
    leader.follow("/start")
    leader.follow("/register?next=" + story.kept["public"] + "/start")
    leader.send("/register", {"name": "林晓榕", "email": LEADER, "consent": True})
    leader.open(story.house.link_in_mail(LEADER, "/confirm/"))
    leader.send("form:has([name=password])", {"password": SECRET})
    assert leader.path == f"{story.kept['public']}/start", "the way back to the call is not lost"


def leader_makes_the_group_known(story: Story) -> None:
    leader = story.person("leader")
    leader.follow("/groups/new")
    group = {"name_zh": GROUP, "service_fields": ["elderly"], "volunteers_registered": "18"}
    leader.send("/groups/new", group, button=("go", "next"))
    choose_place(story, "440103", "440103006", "440103006901")
    care = story.said("关爱服务支队", "Care division")
    leader.send("/groups/new", {"speciality": care}, button=("go", "next"))
    leader.send("/groups/new", {"legal_status": "unregistered"}, button=("go", "next"))
    leader.send("/groups/new", {"contact_name": "林晓榕"}, button=("go", "finish"), status=422)
    with leader.page.expect_response(lambda answer: "/groups/hosts" in answer.url):
        leader.page.locator("[name=host_q]").press_sequentially(HOST[:2])
    host = story.said(HOST, "Pearl Clearwater Eco Team")
    leader.page.get_by_role("radio", name=host).check()
    leader.send("/groups/new", {"contact_phone": "13800138000"}, button=("go", "finish"))
    story.kept["group"] = leader.path
    leader.reads(GROUP, host, "138 0013 8000", story.said("榕荫社区", "Banyan Shade"), care)


def choose_place(story: Story, *codes: str) -> None:
    """Down the tree of places, one select after the other as each appears and is awake."""
    page = story.person("leader").page
    for level, code in enumerate(codes, start=1):
        page.locator(f"#region:not(.htmx-added) [name=place_{level}]").wait_for()
        with page.expect_response(lambda answer: "/groups/places" in answer.url):
            page.locator(f"[name=place_{level}]").select_option(code)
    page.locator(f"[name=place_{len(codes)}]:has(option[value='{codes[-1]}']:checked)").wait_for()


def member_joins(story: Story) -> None:
    leader = story.person("leader")
    leader.open(story.kept["group"])
    leader.follow("/members")
    leader.send("/members", {"email": MEMBER, "role": "editor"})
    leader.reads(MEMBER)
    member = story.newcomer("member")
    member.open(story.house.link_in_mail(MEMBER, "/join/"))
    member.reads(GROUP)
    invitation = member.path
    member.page.click("main a[href*='/register']")
    member.send("/register", {"name": "赵一鸣", "email": MEMBER, "consent": True})
    member.open(story.house.link_in_mail(MEMBER, "/confirm/"))
    member.send("form:has([name=password])", {"password": SECRET})
    assert member.path == invitation
    member.send(invitation)
    assert member.path == story.kept["group"]
    leader.open(f"{story.kept['group']}/members")
    leader.reads("赵一鸣")


def partner_forgets_the_password(story: Story) -> None:
    """Whoever asks for a new one learns nothing; the link in the mail opens the door once."""
    partner = story.newcomer("partner")
    partner.open("/sign-in")
    partner.follow("/forgotten")
    partner.send("/forgotten", {"email": FORGETFUL})
    link = story.house.link_in_mail(FORGETFUL, "/reset/")
    partner.open(link)
    partner.send("form:has([name=password])", {"password": "short"}, status=422)
    partner.send("form:has([name=password])", {"password": SECRET})
    partner.open(link, status=404)
    partner.open("/sign-in")
    entrance = "form:has([name=password])"
    partner.send(entrance, {"email": FORGETFUL, "password": PASSWORD}, status=422)
    partner.send(entrance, {"email": FORGETFUL, "password": SECRET})
    assert partner.path == "/home"


def admin_invites_a_district(story: Story) -> None:
    """The role counts where it was given, and the person chooses the password."""
    admin = story.person("admin")
    admin.open("/people")
    admin.follow("/people/invite")
    role = {"role": "district", "scope": "region", "key": "440106"}
    admin.send("/people/invite", {"name": "天河区推荐", **role}, status=422)
    admin.send("/people/invite", {"email": INVITED})
    admin.reads("天河区推荐")
    invited = story.newcomer("invited")
    invited.open(story.house.link_in_mail(INVITED, "/invited/"))
    invited.send("form:has([name=password])", {"password": SECRET})
    assert invited.path == "/home"
