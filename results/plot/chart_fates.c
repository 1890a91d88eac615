/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What became of messages, by when they were sent: above all of them, below those that did
 * not arrive, by cause (or by fate where no causes were recorded). */
#include <string.h>

#include "results/plot/charts.h"

typedef struct Stack {
    const char *label;
    const char *colour;
    GArray *weights; /* CurvePoint: sum over runs for each window of sending */
} Stack;

/* From the best to the worst; a fate that nobody foresaw comes last, in grey. */
static const struct {
    const char *fate, *label, *colour;
} fates[] = {
    { "delivered", "delivered", COLOUR_PALE_GREEN },
    { "pending", "pending at the end", COLOUR_GREY },
    { "expired_unread", "expired unread", COLOUR_SKY },
    { "never_accepted", "never accepted", COLOUR_YELLOW },
    { "acknowledged_never_stored", "acknowledged, not stored", COLOUR_ORANGE },
    { "lost", "lost", COLOUR_RED },
};

static const char *const cause_colours[] = { COLOUR_RED,    COLOUR_BLUE,  COLOUR_ORANGE,
                                             COLOUR_PURPLE, COLOUR_GREEN, COLOUR_YELLOW,
                                             COLOUR_SKY };

static void
stack_clear(gpointer data)
{
    g_array_unref(((Stack *)data)->weights);
}

static GArray *
stacks_new(void)
{
    GArray *stacks = g_array_new(FALSE, FALSE, sizeof(Stack));

    g_array_set_clear_func(stacks, stack_clear);
    return stacks;
}

static void
add_stack(GArray *stacks, RecordReader *reader, const char *bins, const char *label,
          const char *colour)
{
    Stack stack = { label, colour, curve_of_bins(reader, bins) };

    if (stack.weights->len > 0)
        g_array_append_val(stacks, stack);
    else
        g_array_unref(stack.weights);
}

/* Fates from number @first of the table. */
static GArray *
stacks_of_fates(RecordReader *reader, guint first)
{
    g_autoptr(GArray) names = record_reader_names(reader, RECORD_BINS, "sent:");
    GArray *stacks = stacks_new();

    for (guint i = first; i < G_N_ELEMENTS(fates); i++) {
        g_autofree char *bins = g_strconcat("sent:", fates[i].fate, NULL);

        add_stack(stacks, reader, bins, fates[i].label, fates[i].colour);
    }
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_array_index(names, const char *, i);
        bool foreseen = false;

        for (guint k = 0; k < G_N_ELEMENTS(fates); k++)
            foreseen |= strcmp(name + strlen("sent:"), fates[k].fate) == 0;
        if (!foreseen)
            add_stack(stacks, reader, name, name + strlen("sent:"), COLOUR_BLACK);
    }
    return stacks;
}

static double
total_of(const Stack *stack)
{
    double total = 0;

    for (guint i = 0; i < stack->weights->len; i++)
        total += g_array_index(stack->weights, CurvePoint, i).sum;
    return total;
}

static bool
any_weight(const GArray *stacks)
{
    for (guint i = 0; i < stacks->len; i++)
        if (total_of(&g_array_index(stacks, Stack, i)) > 0)
            return true;
    return false;
}

static gint
compare_totals(gconstpointer a, gconstpointer b)
{
    double left = total_of(a), right = total_of(b);

    return (left < right) - (left > right);
}

/* The largest cause first: it is drawn lowest, where its height can be read. */
static GArray *
stacks_of_causes(RecordReader *reader)
{
    g_autoptr(GArray) names = record_reader_names(reader, RECORD_BINS, "sent_cause:");
    GArray *stacks = stacks_new();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_array_index(names, const char *, i);

        add_stack(stacks, reader, name, name + strlen("sent_cause:"), COLOUR_GREY);
    }
    g_array_sort(stacks, compare_totals);
    for (guint i = 0; i < MIN(stacks->len, G_N_ELEMENTS(cause_colours)); i++)
        g_array_index(stacks, Stack, i).colour = cause_colours[i];
    return stacks;
}

/* The sum of all stacks in each window: CurvePoint with x, x_end and sum. */
static GArray *
windows_of(const GArray *stacks)
{
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(CurvePoint));

    for (guint s = 0; s < stacks->len; s++) {
        const GArray *weights = g_array_index(stacks, Stack, s).weights;
        guint w = 0;

        for (guint i = 0; i < weights->len; i++) {
            CurvePoint point = g_array_index(weights, CurvePoint, i);

            while (w < windows->len && g_array_index(windows, CurvePoint, w).x < point.x)
                w++;
            if (w < windows->len && g_array_index(windows, CurvePoint, w).x == point.x)
                g_array_index(windows, CurvePoint, w).sum += point.sum;
            else
                g_array_insert_val(windows, w, point);
        }
    }
    return windows;
}

/* What the stack weighs in the window that begins at @x. */
static double
weight_at(const GArray *weights, double x)
{
    for (guint i = 0; i < weights->len; i++)
        if (g_array_index(weights, CurvePoint, i).x == x)
            return g_array_index(weights, CurvePoint, i).sum;
    return 0;
}

/* Stack shares of @windows (everything that was sent then), in per cent. */
static void
add_stacks(Panel *panel, const GArray *stacks, const GArray *windows, double x_unit)
{
    g_autofree double *below = g_new0(double, windows->len);

    for (guint s = 0; s < stacks->len; s++) {
        const Stack *stack = &g_array_index(stacks, Stack, s);

        panel_add_area(panel, stack->label, stack->colour);
        for (guint w = 0; w < windows->len; w++) {
            const CurvePoint *window = &g_array_index(windows, CurvePoint, w);
            double share = 100 * weight_at(stack->weights, window->x) / window->sum;

            if (!(window->sum > 0))
                continue;
            panel_row(panel, window->x / x_unit, below[w], below[w] + share);
            panel_row(panel, window->x_end / x_unit, below[w], below[w] + share);
            below[w] += share;
        }
    }
}

bool
chart_fates(RecordReader *reader, Figure *figure)
{
    g_autoptr(GArray) all = stacks_of_fates(reader, 0);
    g_autoptr(GArray) failures = stacks_of_fates(reader, 1);
    g_autoptr(GArray) causes = stacks_of_causes(reader);
    g_autoptr(GArray) windows = windows_of(all);
    TimeAxis axis = chart_time_axis(chart_x_end(windows));
    g_autofree char *x_title = g_strdup_printf("sent at, %s since the start", axis.unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = "messages, %",
                       .y_high = 100,
                       .x_high = chart_x_end(windows) / axis.unit_s };

    if (windows->len == 0)
        return false;
    add_stacks(figure_add_panel(figure, look), all, windows, axis.unit_s);
    look.y_title = "not delivered, % of messages";
    look.y_high = 0;
    if (any_weight(causes))
        add_stacks(figure_add_panel(figure, look), causes, windows, axis.unit_s);
    else if (any_weight(failures))
        add_stacks(figure_add_panel(figure, look), failures, windows, axis.unit_s);
    return true;
}
